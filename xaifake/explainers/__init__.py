"""The methods: one file an explainer, one public class a file; shared steps begin with an underscore."""
