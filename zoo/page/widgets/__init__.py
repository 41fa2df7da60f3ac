"""What is to be seen on the page, part by part, and which handler each widget calls."""
