"""Devices that speak HJ 212: their register, and what they are asked to do."""
