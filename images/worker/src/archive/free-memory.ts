import { MessageChannel, type MessagePort } from "node:worker_threads";

/** Up to this, freeing costs more than it saves; and Node puts small buffers into memory that they share. */
const WORTH_BYTES = 64 * 1024;

let nowhere: MessagePort | undefined;

/**
 * Frees the memory behind a buffer at once. Nobody may use any view of it again, nor may a socket still write from it.
 *
 * Left to the garbage collector, the megabytes behind buffers make it run often, and each run walks the whole heap: that
 * took half as long as inflating. Memory that is handed to a port without another end is free at once.
 */
export function freeMemory({ buffer }: Buffer): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < WORTH_BYTES) return;
  if (nowhere === undefined) {
    const { port1, port2 } = new MessageChannel();
    port2.close();
    port1.close();
    nowhere = port1;
  }
  nowhere.postMessage(undefined, [buffer]);
}

/** Frees the memory behind a piece if the piece is the last one that it has room for. */
export function freeWhenFull(piece: Buffer): void {
  if (piece.byteOffset + piece.byteLength === piece.buffer.byteLength) freeMemory(piece);
}
