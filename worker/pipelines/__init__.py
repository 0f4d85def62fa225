"""The recipes, one file for each kind of row; found by being here.

A file makes exactly one `Pipeline`, named as the file is. Its twin is the SQL call of
`processing.attach` with the same name, inputs and outputs.
"""
