"""Nobody's concept and everybody's tool: files, validation, wording, the import of Keras."""
