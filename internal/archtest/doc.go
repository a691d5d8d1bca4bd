// Package archtest holds the house's rules: who may import whom, which package alone speaks to
// which technology, and that every exported thing says what it does.
package archtest
