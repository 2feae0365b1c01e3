"""Locators: who finds the face. One file a locator, one public class a file. Nothing here knows the detector."""
