"""The programs that development and tests need besides the worker, which never imports them."""
