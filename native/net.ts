// The pure parts of the engine's network side, offered to tests.

export interface DnsQuery {
  id: number;
  name: string;
  type: string;
  room: number;
  recursion: boolean;
  extended: boolean;
}

export interface DnsReply {
  code: number;
  truncated: boolean;
  addresses: string[];
}

export interface NetFunctions {
  net: {
    /** A query, or the code with which it is refused. */
    dnsQuery(message: Uint8Array): DnsQuery | number;
    /** What `reply` answers to `query`; null where it is no answer to it. */
    dnsReply(query: Uint8Array, reply: Uint8Array): DnsReply | null;
    /** The engine's own answer, null where `query` is none. */
    dnsAnswer(query: Uint8Array, code: number, addresses: readonly string[]): Buffer | null;
    /** A resolver's answer as the program gets it, cut to `room` bytes. */
    dnsPassed(query: Uint8Array, reply: Uint8Array, room: number): Buffer | null;
    resolvers(resolvConf: string): string[];
    hosts(hosts: string, name: string): string[];
    /** Inode of the socket that answers at `host:port` in this process's network; 0 where none does. */
    listener(protocol: 'tcp' | 'udp', at: string): number;
    /** Inode of the unix socket of this path, or abstract name with its leading zero; 0 where none takes connections. */
    unixListener(name: string): number;
    /** Program file of a process that holds the socket; empty where none is found. */
    socketImage(inode: number): string;
  };
}
