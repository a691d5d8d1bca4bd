package extract

import (
	"bufio"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

const (
	maxPixels   = 40_000_000
	jpegQuality = 90
	exifBytes   = 1 << 20 // at a picture's start, or anywhere in a short one, where its orientation is looked for
)

// redraw decodes a picture and encodes it anew: what comes out holds its points and nothing of what
// the camera wrote beside them. A WebP becomes a PNG where it has transparent points, else a JPEG.
func redraw(kind string, r io.ReadSeeker, out io.Writer) error {
	formats := map[string]struct {
		config func(io.Reader) (image.Config, error)
		decode func(io.Reader) (image.Image, error)
	}{JPEG: {jpeg.DecodeConfig, jpeg.Decode}, PNG: {png.DecodeConfig, png.Decode}, WebP: {webp.DecodeConfig, webp.Decode}}
	format, ok := formats[kind]
	if !ok {
		return fmt.Errorf("%w: %.100q", ErrUnsupported, kind)
	}
	config, err := format.config(bufio.NewReader(r))
	if err != nil {
		return fmt.Errorf("%w: %v", ErrCorrupt, err)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > maxPixels/config.Height {
		return fmt.Errorf("%w: %d × %d points", ErrTooLarge, config.Width, config.Height)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read picture: %w", err)
	}
	head, err := io.ReadAll(io.LimitReader(r, exifBytes))
	if err != nil {
		return fmt.Errorf("read picture: %w", err)
	}
	turned := orientation(kind, head)
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read picture: %w", err)
	}
	m, err := format.decode(bufio.NewReader(r))
	if err != nil {
		return fmt.Errorf("%w: %v", ErrCorrupt, err)
	}
	m = upright(m, turned)
	if kind == JPEG || kind == WebP && opaque(m) {
		if _, ok := m.(*image.CMYK); ok { // the encoder would take ages by the point
			rgb := image.NewRGBA(m.Bounds())
			draw.Draw(rgb, rgb.Rect, m, m.Bounds().Min, draw.Src)
			m = rgb
		}
		return jpeg.Encode(out, m, &jpeg.Options{Quality: jpegQuality})
	}
	return png.Encode(out, m)
}

func opaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}
