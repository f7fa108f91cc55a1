/** What an event stream needs of a client's connection; a `http.ServerResponse` has it. */
export interface EventSink {
  /** Bytes that were written and that the client has not taken yet. */
  readonly writableLength: number;
  write(text: string): boolean;
  end(): void;
  destroy(): void;
}

/** Server-sent events (HTML Living Standard, section 9.2) to one client. */
export interface EventClient {
  send(event: { readonly id?: string; readonly event: string; readonly data: string }): void;
  /** A comment: it keeps proxies from closing a connection on which nothing is said. */
  heartbeat(): void;
  end(): void;
}

/**
 * A client that lets more than `mostBufferedBytes` pile up is cut off: it may come back with its Last-Event-ID, and
 * neither the loop nor the memory waits for it. `onDropped` is told once; nothing is written after it.
 */
export function createEventClient(
  sink: EventSink,
  mostBufferedBytes: number,
  onDropped: () => void,
): EventClient {
  let open = true;
  const write = (text: string): void => {
    if (!open) return;
    sink.write(text);
    if (sink.writableLength <= mostBufferedBytes) return;
    open = false;
    sink.destroy();
    onDropped();
  };
  return {
    send({ id, event, data }) {
      write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`);
    },
    heartbeat: () => write(': still here\n\n'),
    end() {
      if (open) sink.end();
      open = false;
    },
  };
}
