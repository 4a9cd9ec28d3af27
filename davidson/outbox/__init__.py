"""Work after the answer: messages written with the change that asks for it, and done by `davidson worker`."""
