"""What is asked of pictures, stage by stage: each gives one row a picture."""
