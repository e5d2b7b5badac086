// Finishes a run in a process of its own: <folder>
import { finishRun } from '../../../dist/tracer/record/finish.js';

await finishRun(process.argv[2]);
