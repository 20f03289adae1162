package main

warn contains "three" if helper
