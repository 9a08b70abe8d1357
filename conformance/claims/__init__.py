"""The numbers and behaviours that the tutorials state, confirmed or refuted by an oracle."""
