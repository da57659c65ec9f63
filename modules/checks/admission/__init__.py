"""Whether an API server admits objects and the pods made of them: schemas, CEL rules, Pod Security, quotas, webhooks, Knative."""
