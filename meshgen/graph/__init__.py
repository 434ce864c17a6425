"""A set of intents as a drawing: who may call whom, and what becomes of requests."""
