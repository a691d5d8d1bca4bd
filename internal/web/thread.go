package web

// postCache keeps posts' markup.
type postCache struct{}
