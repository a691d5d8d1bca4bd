package live

// PingAll does at once what the wheel does within pingEvery.
func (h *Hub) PingAll() {
	for at := range h.wheel {
		h.pingSlot(at)
	}
}

// CloseExpired does at once what is done each minute.
func (h *Hub) CloseExpired() { h.closeExpired() }
