# How the peer runs: on the same workerd as Usher, with the same storage. xtask bundles same.ts or few.ts and gives the paths and ports.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "peer", worker = .peer),
    (name = "storage", disk = (writable = true)),
    (name = "floor", worker = .floor),
  ],
  sockets = [
    (name = "http", http = (), service = "peer"),
    (name = "floor", http = (), service = "floor"),
  ],
);

const floor :Workerd.Worker = (
  modules = [(name = "floor.js", esModule = embed "floor.js")],
  compatibilityDate = "2026-10-01",
);

const peer :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")],
  compatibilityDate = "2026-10-01",
  durableObjectNamespaces = [(className = "Desk", uniqueKey = "peer-desk", enableSql = true)],
  durableObjectStorage = (localDisk = "storage"),
  bindings = [
    (name = "DESK", durableObjectNamespace = "Desk"),
    (name = "ORIGIN", fromEnvironment = "PEER_ORIGIN"),
  ],
);
