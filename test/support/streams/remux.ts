import assert from 'node:assert/strict';
import { FormatContext, Packet } from 'node-av/lib';

/** Copies the video of a file into a file of another format (FFmpeg's name of it), uncoded. */
export async function remux(from: string, to: string, format: string): Promise<void> {
  await using input = new FormatContext();
  await using output = new FormatContext();
  using packet = new Packet();
  packet.alloc();
  assert.ok((await input.openInput(`file:${from}`)) >= 0);
  assert.ok((await input.findStreamInfo()) >= 0);
  const [stream] = input.streams;
  assert.ok(stream);
  output.allocOutputContext2(null, format, to);
  const copy = output.newStream();
  stream.codecpar.copy(copy.codecpar);
  copy.codecpar.codecTag = 0;
  copy.timeBase = stream.timeBase;
  assert.ok((await output.openOutput()) >= 0);
  assert.ok((await output.writeHeader()) >= 0);
  while ((await input.readFrame(packet)) >= 0) {
    packet.rescaleTs(stream.timeBase, copy.timeBase);
    assert.ok((await output.interleavedWriteFrame(packet)) >= 0);
    packet.unref();
  }
  await output.writeTrailer();
}
