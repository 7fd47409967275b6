"""What a setting does, in a line each, where that is known for certain."""

from __future__ import annotations

NO = {
    "arpt_killc": "minutes after which an ARP entry that is whole is let go",
    "bcastping": "whether it answers pings to a broadcast address",
    "clean_partial_conns": "whether half-open connections are dropped when too many stand: against SYN floods",
    "directed_broadcast": "whether it passes packets to another network's broadcast address on",
    "ipforwarding": "whether it passes packets on between its interfaces, as a router does",
    "ipqmaxlen": "packets that may wait for IP before more are dropped",
    "ipsendredirects": "whether it tells others of a better way for their packets",
    "ipsrcrouteforward": "whether it passes on packets that say their own way",
    "ipsrcrouterecv": "whether it takes packets that say their own way",
    "ipsrcroutesend": "whether programs here may send packets that say their own way",
    "rfc1323": "whether TCP windows may be above 64 KB; an interface's own value comes first",
    "sb_max": "most bytes of buffer that any one socket may have",
    "somaxconn": "most connections that may wait for a program to accept them",
    "tcp_ephemeral_high": "highest port that TCP gives to a program that names none",
    "tcp_ephemeral_low": "lowest port that TCP gives to a program that names none",
    "tcp_keepidle": "half seconds after which an idle connection with keepalive is probed",
    "tcp_nodelayack": "whether TCP acknowledges at once",
    "tcp_pmtu_discover": "whether TCP finds out how large a packet may be along the way",
    "tcp_recvspace": "bytes that a TCP socket buffers on its way in; an interface's own value comes first",
    "tcp_sendspace": "bytes that a TCP socket buffers on its way out; an interface's own value comes first",
    "udp_ephemeral_high": "highest port that UDP gives to a program that names none",
    "udp_ephemeral_low": "lowest port that UDP gives to a program that names none",
    "udp_recvspace": "bytes that a UDP socket buffers on its way in",
    "udp_sendspace": "bytes that a UDP socket buffers on its way out",
    "use_isno": "whether what an interface is set to comes before what `no` says",
}
VMO = {
    "lgpg_regions": "large pages that are set aside",
    "lgpg_size": "bytes of a large page",
    "maxclient%": "most of memory, in percent, that client pages of files may fill",
    "maxfree": "free frames at which the page stealer stops",
    "maxperm%": "share of memory above which pages of files alone are stolen",
    "minfree": "free frames below which the page stealer begins",
    "minperm%": "share of memory below which pages of programs are stolen as well",
    "strict_maxclient": "whether maxclient% is a hard bound",
    "v_pinshm": "whether programs may pin shared memory",
}
SCHEDO = {
    "pacefork": "clock ticks to wait before a fork that failed is tried again",
    "timeslice": "clock ticks that a thread runs before another of its priority does",
    "vpm_fold_policy": "whether virtual processors that aren't needed are folded away",
    "vpm_xvcpus": "virtual processors more than needed that are left unfolded; -1 folds none",
}
IOO = {
    "aio_maxreqs": "asynchronous requests that may stand at once",
    "aio_maxservers": "most servers of asynchronous input and output, for each processor",
    "aio_minservers": "least servers of asynchronous input and output, for each processor",
    "j2_maxPageReadAhead": "most pages that JFS2 reads ahead",
    "j2_minPageReadAhead": "pages that JFS2 reads ahead when it first sees a file read in order",
    "maxpgahead": "most pages that JFS reads ahead",
}
ATTRIBUTES = {
    "adapter_reset": "whether the real adapter is reset when this SEA hands the lead over",
    "algorithm": "how requests are spread over a disk's paths",
    "autorestart": "whether it starts again by itself after a crash",
    "ctl_chan": "the adapter by which the two SEAs of a pair hear each other",
    "dyntrk": "whether it follows a storage port that gets another address in the fabric",
    "fc_err_recov": "fast_fail gives a lost path up at once, so that another can take over",
    "ha_mode": "how two SEAs share: auto, standby, sharing or disabled",
    "hcheck_interval": "seconds between two checks of a path; 0 checks none, so that a mended path stays failed",
    "hcheck_mode": "which paths are checked",
    "largesend": "whether the adapter cuts large packets itself",
    "max_xfer_size": "most bytes of one request over this adapter",
    "maxpout": "writes of one file that may wait before the writer has to",
    "maxuproc": "processes that one user may have",
    "minpout": "waiting writes of one file at which its writer goes on",
    "mtu": "bytes of the largest packet",
    "mtu_bypass": "whether TCP hands packets above the MTU on, for the adapter to cut",
    "num_cmd_elems": "requests that may be under way over this adapter",
    "queue_depth": "requests that may be under way on this disk",
    "reserve_policy": "no_reserve lets two VIOS serve one disk; anything else locks the other out",
}
LIMITS = {
    "coredump": "bytes of the largest core file",
    "data": "bytes of a process's data",
    "file": "bytes of the largest file that may be written",
    "memory": "bytes of real memory that a process may have",
    "nofiles": "files that a process may have open",
    "processes": "processes that a user may have",
    "stack": "bytes of a process's stack",
    "threads": "threads that a process may have",
    "time": "seconds of processor that a process may use",
}
SYSTEM = {
    "active_lpar_mobility_capable": "whether partitions may move to and from it while they run",
    "inactive_lpar_mobility_capable": "whether partitions that are off may move to and from it",
    "lpar_proc_compat_modes": "the processor modes that a partition may have here",
    "max_lpars": "most partitions that it may have",
    "mfg_default_config": "whether it is without any partition of its owner's, as it left the factory",
    "power_off_policy": "whether it turns itself off once its last partition is off",
}
FIRMWARE = {
    "accepted_level": "the level on its permanent side, to which it can be brought back",
    "activated_level": "the level that runs",
    "installed_level": "the level that it starts with next, where that isn't the one that runs",
}
LPAR = {
    "allow_perf_collection": "whether it may see how busy the whole frame's processors are",
    "auto_start": "whether it starts by itself with its managed system",
    "boot_mode": "how far it starts: norm goes to the operating system, sms and of stop in firmware",
    "curr_profile": "the profile that it was last activated with",
    "default_profile": "the profile that it is activated with where nobody names one",
    "desired_lpar_proc_compat_mode": "the processor mode that it asks for; a frame without that can't take it",
    "lpar_avail_priority": "who keeps a processor where one fails: the lower ones give theirs up first",
    "migration_disabled": "whether it may not be moved to another frame",
    "msp": "whether this VIOS may carry the memory of partitions that move",
    "power_ctrl_lpar_ids": "the partitions that may turn it on and off",
    "sync_curr_profile": "whether the profile follows what is changed while it runs",
}
MEMORY = {
    "curr_max_mem": "most memory in MB that it may be given while it runs; only an activation changes that",
    "curr_mem": "memory in MB that it has",
    "curr_min_mem": "least memory in MB that may be left to it; only an activation changes that",
    "mem_expansion": "by how much AIX makes more of its memory by compressing it; 0 doesn't",
    "mem_mode": "ded: it has its memory to itself; shared: it is lent from a pool",
}
PROCESSORS = {
    "curr_max_proc_units": "most processing units that it may be given while it runs; only an activation changes that",
    "curr_max_procs": "most processors that it may be given while it runs; only an activation changes that",
    "curr_min_proc_units": "least processing units that may be left to it; only an activation changes that",
    "curr_min_procs": "least processors that may be left to it; only an activation changes that",
    "curr_proc_mode": "ded: it has whole processors to itself; shared: it has a share of the frame's",
    "curr_proc_units": "processing units that it is entitled to, whatever others do",
    "curr_procs": "processors that it has; of a partition that shares them, virtual ones",
    "curr_shared_proc_pool_name": "the pool that its processing units come from and that bounds it",
    "curr_sharing_mode": "uncap: it may use what others leave; cap: never more than its own",
    "curr_uncap_weight": "its share of what others leave, against the weights of those who want it too",
}
