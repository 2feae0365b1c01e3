"""What is drawn. Streamlit runs `entry.py`, each page is a function in a file of its name, and the rest is shared by pages.

The script lies in this folder since Streamlit takes a folder ``pages`` beside a script for more scripts, and runs them.
"""
