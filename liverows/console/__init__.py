"""The console: a web page on which operators see the queue and act on its rows.

It reads and changes the queue through the SQL contract only, as the commands do.
"""
