// YAML as the system file uses it: version 1.2, one document, no anchors, aliases or tags. What a value means must be
// what a reader of the file sees.
import {
  type Document,
  isAlias,
  isCollection,
  isScalar,
  LineCounter,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
} from 'yaml';
import { type Complaint, type LocatedComplaint, say } from './complaint.js';
import { tooDeep } from './depth.js';

/** Five thousand rules are two megabytes. */
const LARGEST = 16 * 1024 * 1024;

export interface SystemDocument {
  text: string;
  doc: Document.Parsed;
  lines: LineCounter;
}

/** The YAML text of a system file with everything that is wrong with it as YAML. */
export function readDocument(text: string): { document: SystemDocument; complaints: Complaint[] } {
  if (text.length > LARGEST) return refused('', { code: 'TOO_LARGE', most: LARGEST, at: 0 });
  const deep = tooDeep(text);
  if (deep !== null) return refused(text, { code: 'TOO_DEEP', at: deep });
  const lines = new LineCounter();
  const doc = parseDocument(text, {
    version: '1.2',
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false, // told by validate.ts, with the key's own place
    logLevel: 'error', // silent would also hide that there are two documents
  });
  // The first error explains the others. Tags that are not known are complained of below, with all tags.
  const errors = [...doc.errors, ...doc.warnings.filter((warning) => warning.code !== 'TAG_RESOLVE_FAILED')];
  const complaints = errors.slice(0, 1).map(complaintOf);
  const { explicit, version } = doc.directives.yaml;
  if (explicit === true && version !== '1.2') complaints.push({ code: 'YAML_VERSION', version, at: 0 });
  complaints.push(...oddities(doc, text));
  return { document: { text, doc, lines }, complaints };
}

/** What is not even parsed: only the lines are counted. */
function refused(text: string, complaint: Complaint) {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0 && at < complaint.at; at = text.indexOf('\n', at + 1))
    lines.addNewLine(at + 1);
  return { document: { text: '', doc: parseDocument(''), lines }, complaints: [complaint] };
}

const complaintOf = (error: YAMLError): Complaint => ({ code: 'YAML', message: words(error), at: error.pos[0] });

function words(error: YAMLError): string {
  if (error.code === 'MULTIPLE_DOCS') return 'a second document begins here: one file is one system';
  if (error.code === 'BAD_DQ_ESCAPE') return `${error.message} in double quotes: use single quotes, where \\ is itself`;
  return error.message.split('\n')[0]!;
}

/** Anchors, aliases and tags, and Windows paths in double quotes. */
function oddities(doc: Document.Parsed, text: string): Complaint[] {
  const found: Complaint[] = [];
  visit(doc, {
    Node(_key, node) {
      const at = node.range?.[0] ?? 0;
      if (isAlias(node) || ((isScalar(node) || isCollection(node)) && node.anchor !== undefined))
        found.push({ code: 'ALIAS', at });
      else if (node.tag !== undefined) found.push({ code: 'TAG', tag: node.tag, at });
      else if (isScalar(node) && node.type === 'QUOTE_DOUBLE') found.push(...backslash(node, text));
    },
  });
  return found;
}

// "C:\node" is C:, a line break, ode. "C:\\node" is meant; what is escaped by number, or a quote, was escaped on purpose.
function backslash(node: Scalar, text: string): Complaint[] {
  const [start, end] = node.range ?? [0, 0];
  const source = text.slice(start, end);
  return /^"[A-Za-z]:\\(?!["\\]|u[0-9a-f]{4})/i.test(source)
    ? [{ code: 'QUOTED_BACKSLASH', text: source, at: start }]
    : [];
}

/** A scalar's text as it was written, whatever type YAML takes it for; null for null and for what is no scalar. */
export function writtenText(node: unknown): string | null {
  if (!isScalar(node) || node.value === null || node.value === undefined) return null;
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

/** Complaints in the order of the file, with their places. The same place is complained of once per message. */
export function located(complaints: readonly Complaint[], lines: LineCounter): LocatedComplaint[] {
  const sorted = [...complaints].sort((a, b) => a.at - b.at);
  const found = sorted.map((complaint) => {
    const { line, col } = lines.linePos(complaint.at);
    return { line: Math.max(line, 1), column: Math.max(col, 1), message: say(complaint) };
  });
  const unlike = new Map(found.map((one) => [`${one.line}:${one.column}:${one.message}`, one]));
  return [...unlike.values()];
}
