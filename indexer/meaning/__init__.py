"""Found by meaning: models that make vectors of texts, and the stage that embeds passages."""
