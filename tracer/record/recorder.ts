// The record of a run that goes on, as the session holds it.
import type { Problem } from '../../native/contract/problem.js';
import { addon } from '../../native/engine.js';
import type { Ledger, NativeProcess, NativeRecorder, RecorderOptions } from '../../native/recorder.js';
import { startThread, type Thread } from './thread.js';

export type { Ledger, NativeProcess, NativeRecorder, RecorderOptions };

export class Recorder {
  private closing: Promise<Ledger> | null = null;
  private readonly found: Problem[] = [];
  private whole = false;

  private constructor(
    readonly folder: string,
    /** Handed to the engine, which records into it from its own threads. */
    readonly native: NativeRecorder,
    private readonly thread: Thread,
  ) {}

  /** Begins the record in a run folder that exists (see createRun). Does not wait for the writing thread. */
  static async open(folder: string, options: RecorderOptions = {}): Promise<Recorder> {
    const native = new (addon().NativeRecorder)(options);
    // However the thread or this process ends, no thread of the engine may go on waiting for a writer.
    const abandon = () => native.abandon();
    process.once('exit', abandon);
    const thread = startThread({ do: 'record', recorder: native.id, folder }, () => {
      process.off('exit', abandon);
      abandon();
    });
    thread.over.catch(() => {}); // looked at in close()
    return new Recorder(folder, native, thread);
  }

  processStarted(process: NativeProcess): void {
    this.native.process({ started: this.native.now(), ...process });
  }

  processEnded(process: NativeProcess): void {
    this.native.process({ ended: this.native.now(), ...process });
  }

  /** Whether every row that was seen is on disk; known after close(). */
  get complete(): boolean {
    return this.whole;
  }

  /** What went wrong while writing: the disk was full, say. The run went on without its record. */
  get problems(): readonly Problem[] {
    return this.found;
  }

  /** Writes what is left and makes files of the streams. Call it when the engine has ended; a second call waits too. */
  close(): Promise<Ledger> {
    this.closing ??= this.shut();
    return this.closing;
  }

  private async shut(): Promise<Ledger> {
    this.native.close();
    try {
      this.found.push(...(await this.thread.over).problems);
    } catch (error) {
      this.native.abandon();
      this.found.push({ code: 'RECORD_FAILED', file: this.folder, error: String((error as Error).message) });
    }
    const { ledger, lostPayloads, lostProcesses } = this.native.ledger();
    const lost = Object.values(ledger).reduce((sum, line) => sum + line.lost, lostPayloads + lostProcesses);
    this.whole = lost === 0 && this.found.length === 0;
    return ledger;
  }
}
