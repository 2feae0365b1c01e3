"""The work of an audit: stages over many pictures, in shards that are whole or not there, here or on Ray."""
