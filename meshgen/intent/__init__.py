"""The intent language: its model, how it is read, and what each field means."""
