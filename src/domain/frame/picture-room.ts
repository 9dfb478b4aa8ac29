/**
 * Works on a picture within the pixels that all decoded pictures may have together: waits until there
 * is room for it.
 * @throws NightglassError `BUSY`
 */
export type PictureRoom = <T>(bytes: Uint8Array, work: () => Promise<T>) => Promise<T>;
