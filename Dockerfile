# The page on port 7860, computed on the CPU, by a user without rights. Research demonstration, not a medical device.
#   docker build --tag glioma-zoo .
#   docker run --rm --publish 7860:7860 glioma-zoo
# tests/docs/test_dockerfile.py takes these steps in a clean virtual environment, where there is no container engine.
FROM python:3.11-slim

# PyTorch's own index holds builds for the CPU alone, whose versions end in +cpu and so win over PyPI's, which bring
# several gigabytes of CUDA with them. For a GPU: --build-arg TORCH_INDEX=https://pypi.org/simple, and run with --gpus all.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

# Requirements first: they change seldom, so that most builds find this layer made.
WORKDIR /opt/glioma-zoo
COPY requirements.txt ./
RUN pip install --no-cache-dir --extra-index-url "$TORCH_INDEX" -r requirements.txt
COPY . ./
RUN pip install --no-cache-dir --no-deps .

RUN useradd --create-home zoo
USER zoo
WORKDIR /home/zoo

ENV GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860', timeout=4)"]
CMD ["glioma-zoo", "app"]
