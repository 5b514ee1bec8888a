/** Longest side of a photo as it is kept, pixels: enough to read a type plate. */
const mostPixels = 2048;
/** Below this a photo goes as it is. */
const smallEnough = 600_000;
const quality = 0.85;

/** Width and height that fit into the longest side, never larger than they are. */
export function sizeFor(width: number, height: number, most = mostPixels): [number, number] {
  const scale = Math.min(1, most / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** A photo small enough for a basement's signal; anything that is no photo, or cannot be read, stays as it is. */
export async function shrink(file: Blob): Promise<Blob> {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size <= smallEnough) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const [width, height] = sizeFor(picture.width, picture.height);
    const canvas = new OffscreenCanvas(width, height);
    const pen = canvas.getContext('2d');
    if (pen === null) return file;
    // A transparent picture would turn black.
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, width, height);
    pen.drawImage(picture, 0, 0, width, height);
    picture.close();
    const small = await canvas.convertToBlob({ type: 'image/jpeg', quality });
    return small.size < file.size ? small : file;
  } catch {
    // The service says what is wrong with it.
    return file;
  }
}
