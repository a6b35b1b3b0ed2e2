//go:build !linux && !darwin

package main

// mayWrite leaves it to whoever writes to find out.
func mayWrite(string) error { return nil }
