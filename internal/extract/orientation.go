package extract

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/draw"
)

const orientationTag = 0x0112

// orientation finds how a picture's camera was held: 1 to 8 of EXIF, 1 where nothing says it.
func orientation(kind string, head []byte) int {
	var found []byte
	switch kind {
	case JPEG:
		found = jpegEXIF(head)
	case PNG:
		if at := bytes.Index(head, []byte("eXIf")); at >= 0 {
			found = head[at+4:]
		}
	case WebP:
		if at := bytes.Index(head, []byte("EXIF")); at >= 0 && len(head) > at+8 {
			found = bytes.TrimPrefix(head[at+8:], []byte("Exif\x00\x00"))
		}
	}
	return tiffOrientation(found)
}

// jpegEXIF walks the segments before the picture itself.
func jpegEXIF(b []byte) []byte {
	for at := 2; at+4 <= len(b) && b[at] == 0xFF && b[at+1] != 0xDA; {
		length := int(binary.BigEndian.Uint16(b[at+2:]))
		end := min(at+2+length, len(b))
		if length < 2 {
			return nil
		}
		if body := b[at+4 : max(at+4, end)]; b[at+1] == 0xE1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body[6:]
		}
		at = at + 2 + length
	}
	return nil
}

func tiffOrientation(b []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(b, []byte("MM\x00*")) {
		order = binary.BigEndian
	} else if !bytes.HasPrefix(b, []byte("II*\x00")) {
		return 1
	}
	if len(b) < 8 {
		return 1
	}
	first := int64(order.Uint32(b[4:]))
	if first+2 > int64(len(b)) {
		return 1
	}
	entries := b[first+2:]
	for range order.Uint16(b[first:]) {
		if len(entries) < 12 {
			return 1
		}
		if value := int(order.Uint16(entries[8:])); order.Uint16(entries) == orientationTag && value >= 1 && value <= 8 {
			return value
		}
		entries = entries[12:]
	}
	return 1
}

// upright turns and mirrors a picture so that it needs no orientation any more.
func upright(m image.Image, orientation int) image.Image {
	if orientation == 1 {
		return m
	}
	size := image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy())
	if orientation >= 5 {
		size = image.Rect(0, 0, size.Dy(), size.Dx())
	}
	if from, ok := m.(*image.NRGBA); ok && from.Rect.Min == (image.Point{}) { // its colours stay as they are
		to := image.NewNRGBA(size)
		turn(to.Pix, from.Pix, from.Rect.Dx(), from.Rect.Dy(), from.Stride, to.Stride, orientation)
		return to
	}
	from, to := image.NewRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy())), image.NewRGBA(size)
	draw.Draw(from, from.Rect, m, m.Bounds().Min, draw.Src)
	turn(to.Pix, from.Pix, from.Rect.Dx(), from.Rect.Dy(), from.Stride, to.Stride, orientation)
	return to
}

// turn copies each point of four bytes to where it belongs.
func turn(to, from []byte, w, h, fromStride, toStride, orientation int) {
	for y := range h {
		for x := range w {
			i, j := x, y
			switch orientation {
			case 2:
				i = w - 1 - x
			case 3:
				i, j = w-1-x, h-1-y
			case 4:
				j = h - 1 - y
			case 5:
				i, j = y, x
			case 6:
				i, j = h-1-y, x
			case 7:
				i, j = h-1-y, w-1-x
			case 8:
				i, j = y, w-1-x
			}
			copy(to[j*toStride+4*i:][:4], from[y*fromStride+4*x:][:4])
		}
	}
}
