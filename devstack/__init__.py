"""What a developer's machine needs beside the worker; the worker never imports it."""
