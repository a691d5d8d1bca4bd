// Package secret holds what must not leak and what must not be forged: password
// hashes, the rules for choosing a password, random tokens, and sealed cursors.
//
// It does no I/O beyond the system's random source, and every input it accepts
// has a named limit.
package secret
