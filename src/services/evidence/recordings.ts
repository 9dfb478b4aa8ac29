/** A recorded file that is the one that was searched, as long as it is not touched. */
export interface CheckedRecording {
  /**
   * A part of it as it was coded, MP4, from the key picture before `from` on; seconds in the file.
   * @param signal ends it at once
   * @returns with the second at which it begins
   * @throws NightglassError `CONFLICT` where the file was changed meanwhile, `STREAM_UNREACHABLE`,
   * `STREAM_UNSUPPORTED`, `BUSY` while disks hang; the signal's reason
   */
  cut(
    span: { readonly from: number; readonly until: number },
    signal?: AbortSignal,
  ): Promise<{ readonly mp4: Uint8Array; readonly from: number }>;
}
