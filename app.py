"""The page from a checkout, `python app.py`, and the entry of a Hugging Face Space."""

from zoo.page.serve import serve

if __name__ == "__main__":
    serve()
