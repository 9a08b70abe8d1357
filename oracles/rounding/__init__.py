"""How far a correct backend's result may lie from the exact one."""
