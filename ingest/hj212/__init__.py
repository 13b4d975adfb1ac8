"""HJ 212 over TCP: the frames of China's pollution-source monitoring devices, and the exchanges with them."""
