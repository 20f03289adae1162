package main

warn contains "never" if input.nowhere
