"""How far simulated gliomas are from real ones. Real cases check ranges; nothing is trained or selected on them."""
