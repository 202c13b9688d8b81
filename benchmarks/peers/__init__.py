"""Other software that does the same job, each in an environment of its own, and tritonqa beside it.

A peer is a module here with two functions, written as its users write them: prepare(checkpoint, folder) makes
what is made once, load(checkpoint, folder) is a with block that gives what answers a question. AT_ONCE is how
many questions it may be asked at the same time. NAME.txt pins what it needs; worker.py runs it.
"""
