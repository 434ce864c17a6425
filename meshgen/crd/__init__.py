"""What CustomResourceDefinitions say of objects, as an API server reads them; knows no mesh."""
