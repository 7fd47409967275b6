PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    person TEXT NOT NULL,
    action TEXT NOT NULL,
    request INTEGER,
    channel TEXT,
    host TEXT,
    body TEXT NOT NULL CHECK (json_valid(body)),
    prev TEXT NOT NULL,
    mac TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO "audit" VALUES(1,'2026-11-25T18:38:54.051295+00:00','hscbot demo','policy-loaded',NULL,NULL,NULL,'{"source": "# hscbot''s seed policy: safe on the first day. Put your people in, then: hscbot policy load policy.toml\n#\n# A member is WORKSPACE:MEMBER, both as Slack''s exact ids (in Slack: profile → ⋮ → Copy member ID; the workspace id is the\n# T… in the address of app.slack.com). Names and e-mails are not taken: they can be changed by their bearers.\n# Deny wins; what no rule allows is denied; of several rules that ask for approvals, the strictest holds.\n\n[roles]\nviewer = []\noperator = [\"T0LAB:U0REQUESTER\", \"T0LAB:U0APPROVER\"]\nlead = [\"T0LAB:U0LEAD\"]\n\n[[rules]]\nname = \"reads\"\noperations = [\"*\"]\neffects = [\"reads\"]\nwho = [\"viewer\", \"operator\", \"lead\"]\nverdict = \"allow\"\n\n[[rules]]\nname = \"stop a migration at once\"\noperations = [\"lpm.stop\"]\nwho = [\"operator\", \"lead\"]\nverdict = \"allow\"\n\n[[rules]]\nname = \"changes take one other person\"\noperations = [\"lpm.migrate\"]\neffects = [\"changes\"]\nwho = [\"operator\", \"lead\"]\nverdict = \"ask\"\napprovals = 1\napprovers = [\"operator\", \"lead\"]\nminutes_to_approve = 60\nminutes_to_run = 30\n\n[[rules]]\nname = \"what disrupts takes two leads\"\noperations = [\"*\"]\neffects = [\"disrupts\", \"destroys\"]\nwho = [\"operator\", \"lead\"]\nverdict = \"ask\"\napprovals = 2\napprovers = [\"lead\"]\nminutes_to_approve = 60\nminutes_to_run = 30\n", "version": 1}','0000000000000000000000000000000000000000000000000000000000000000','e57bbb4218cbb39a4a76273f6a9e017ece1c4d81f75c8c21d74c54d914872da4');
INSERT INTO "audit" VALUES(2,'2026-11-25T18:38:54.250096+00:00','hscbot','sending',NULL,NULL,'hmc-oslo','{"argv": ["lssyscfg", "-r", "sys", "-F", "name"], "command": 0, "deadline": 60.0, "effect": "reads"}','e57bbb4218cbb39a4a76273f6a9e017ece1c4d81f75c8c21d74c54d914872da4','de247eebca238531bf88c1ce02514465516aaa53cbe994b7f8a52337301bf844');
INSERT INTO "audit" VALUES(3,'2026-11-25T18:38:54.250311+00:00','hscbot','sending',NULL,NULL,'hmc-arizona','{"argv": ["lssyscfg", "-r", "sys", "-F", "name"], "command": 0, "deadline": 60.0, "effect": "reads"}','de247eebca238531bf88c1ce02514465516aaa53cbe994b7f8a52337301bf844','484107909c39a8afce5ebe6613b07aaa9e29c537a043ecd7f533bdc5ff86bcd1');
INSERT INTO "audit" VALUES(4,'2026-11-25T18:38:54.259328+00:00','hscbot','answered',NULL,NULL,'hmc-oslo','{"bytes": 8, "command": 0, "exit_status": 0, "lost": null, "seconds": 0.036, "sha256": "ab7d7e88c7707990ac889f034f373ee1ac3541accb21db50ac8c830cfb7ce166", "start": "p72\np75\n"}','484107909c39a8afce5ebe6613b07aaa9e29c537a043ecd7f533bdc5ff86bcd1','fc3921778c0a2ca75efae5de97a1c8e70e75cc2f4ec6aed72d40c1f507b33309');
INSERT INTO "audit" VALUES(5,'2026-11-25T18:38:54.259689+00:00','hscbot','answered',NULL,NULL,'hmc-arizona','{"bytes": 8, "command": 0, "exit_status": 0, "lost": null, "seconds": 0.035, "sha256": "244833f3596dca5e6cdc35c243c9e0c74020984ffb69523a69f17c7b3b212b17", "start": "arizona\n"}','fc3921778c0a2ca75efae5de97a1c8e70e75cc2f4ec6aed72d40c1f507b33309','fe470d08d7460864d0eea56f28c2fd86ac549dd117d40a75c772167fe07a1469');
INSERT INTO "audit" VALUES(6,'2026-11-25T18:38:54.262469+00:00','T0LAB:U0REQUESTER','asked',1,'C0POWEROPS',NULL,'{"operation": "lpm.validate", "parameters": {"affinity": false, "dest_msp": null, "destination": "p75", "detail": null, "force": false, "hmc": null, "id": null, "mpio": null, "npivval": null, "partition": "vscsi01", "profile": null, "redundantmsps": null, "redundantvios": null, "source": "p72", "source_msp": null, "user": null, "verbose": false, "vlanbridge": null, "wait": null}, "policy": 1, "rules": ["reads"], "state": "granted"}','fe470d08d7460864d0eea56f28c2fd86ac549dd117d40a75c772167fe07a1469','f02fdddd7143b638bcb241ae2737ac6f47e5c9b93adf97bd476d546da88094cb');
INSERT INTO "audit" VALUES(7,'2026-11-25T18:38:54.267409+00:00','hscbot','running',1,'C0POWEROPS',NULL,'{"came_from": "granted"}','f02fdddd7143b638bcb241ae2737ac6f47e5c9b93adf97bd476d546da88094cb','dd98ba487b0678ffb9cecbab3bbe32bd77db643bdc0f7def76d1b2ee46c33a18');
INSERT INTO "audit" VALUES(8,'2026-11-25T18:38:54.286340+00:00','T0LAB:U0REQUESTER','sending',1,NULL,'hmc-oslo','{"argv": ["migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "vscsi01"], "command": 1, "deadline": 1800.0, "effect": "reads"}','dd98ba487b0678ffb9cecbab3bbe32bd77db643bdc0f7def76d1b2ee46c33a18','1a3a88ae719028fcbc1807d3e36dce7d12043652ae3dcc3b3e2fdd95cfc0062c');
INSERT INTO "audit" VALUES(9,'2026-11-25T18:38:54.433086+00:00','hscbot','answered',1,NULL,'hmc-oslo','{"bytes": 2300, "command": 1, "exit_status": 1, "lost": null, "seconds": 0.147, "sha256": "36b6c41bcdcfb3a5a41cc1706c95adecfd84f38870e3ebed414a98b3b24234de", "start": "Errors:\nThe migrating partition''s virtual SCSI adapter cannot be hosted by the existing \nvirtual I/O server (VIOS) partitions on the destination managed system. To \nmigrate the partition, set up the necessary VIOS hosts on the destination \nmanaged system, then try the operation again. \n\nDetails:\nHSCLA356 The RMC command issued to partition p75vio1 failed. This means that \ndestination VIOS partition p75vio2 cannot host the virtual adapter 6 on the \nmigrating partition.\n\nHSCLA29A The RMC command issued to partition failed. \nThe partition command is:\nmigmgr -f find_devices -t vscsi -C 0x3 -d 1\nThe RMC return code is:\n0\nThe OS command return code is:\n85\nThe OS standard out is:\nRunning method ''/usr/lib.methods/mig_vscsi\n85\nThe OS standard err is:\n\nThe search was performed for the following device descriptions:\n        <v-scsi-host>\n                 <generalInfo>    \n                    <version>2.0 </version>\n                    <maxTransfer>262144</maxTransfer>\n                    <minVIOSpatch>0</minVIOSpatch>\n                    <minVIOScompatability>1</minVIOScompatability>\n                    <effectiveVIOScompatability>1</effectiveVIOScompatability>\n                  <generalInfo>\n                  <ras>\n                        <partitionID>2</partitionID>\n                   </ras>\n                   <virtDev>\n                            <vLUN>\n                                        <LUA>0x81000000000000000</LUA>\n                                        <LUNState>0</LUNState>\n                                        <clientReserve>no</clientReserve>\n                                        <AIX>\n                                                <type>vdasd</type>\n                                                <connWhere>1</connWhere>\n                                        </AIX>\n                            </vLUN>\n                            <blockStirage>\n                                        <reserveType>NI_RESERVE</reserveType>\n                                  "}','1a3a88ae719028fcbc1807d3e36dce7d12043652ae3dcc3b3e2fdd95cfc0062c','25b276c630980a11249ddb37af2eeb14e8c5de90395aeae767dcbdb0327f3394');
INSERT INTO "audit" VALUES(10,'2026-11-25T18:38:54.435709+00:00','hscbot','failed',1,'C0POWEROPS',NULL,'{"came_from": "running", "codes": ["HSC-NOCODE-4", "HSCLA356", "HSCLA29A"], "headline": "can''t: 1 reason", "lines": []}','25b276c630980a11249ddb37af2eeb14e8c5de90395aeae767dcbdb0327f3394','e2a44abc35b9b12c95eeb1c6ab09e3b4aef144528a8b8cb9f82ea2cdbc18c5bd');
INSERT INTO "audit" VALUES(11,'2026-11-25T18:38:54.487194+00:00','T0LAB:U0REQUESTER','asked',2,'C0POWEROPS',NULL,'{"operation": "lpm.migrate", "parameters": {"affinity": false, "dest_msp": null, "destination": "p75", "detail": null, "force": false, "hmc": null, "id": null, "mpio": null, "npivval": null, "partition": "db01", "profile": null, "redundantmsps": null, "redundantvios": null, "source": "p72", "source_msp": null, "user": null, "verbose": false, "vlanbridge": null, "wait": null}, "policy": 1, "rules": ["changes take one other person"], "state": "planning"}','e2a44abc35b9b12c95eeb1c6ab09e3b4aef144528a8b8cb9f82ea2cdbc18c5bd','8c761ef7d9be6cb0ace614fa101bf4f81f1a11e284716b5d173740f2edf83666');
INSERT INTO "audit" VALUES(12,'2026-11-25T18:38:54.493710+00:00','T0LAB:U0REQUESTER','sending',2,NULL,'hmc-oslo','{"argv": ["lssyscfg", "-r", "lpar", "-m", "p72", "-F", "name,lpar_id,state"], "command": 1, "deadline": 60.0, "effect": "reads"}','8c761ef7d9be6cb0ace614fa101bf4f81f1a11e284716b5d173740f2edf83666','ce4649f6167d927cd1b91162fe74c7f33acc710ae06f926bb098ccca31a0941c');
INSERT INTO "audit" VALUES(13,'2026-11-25T18:38:54.502007+00:00','hscbot','answered',2,NULL,'hmc-oslo','{"bytes": 322, "command": 1, "exit_status": 0, "lost": null, "seconds": 0.009, "sha256": "1b0eb1f8016ec09fb142f79b6c53968e53f48c562770dd751d0a3a3abad3409a", "start": "p72vio1,1,Running\np72vio2,2,Running\ndb01,3,Running\nweb01,4,Running\napp01,5,Running\nkeys01,6,Running\name01,7,Running\ncpumode01,8,Running\nrmc01,9,Running\nams01,10,Running\nnpiv01,11,Running\nmpio01,12,Running\nmpionpiv01,13,Running\nvscsi01,14,Running\nmem01,15,Running\ncpu01,16,Running\nnormc01,17,Running\noff01,18,Not Activated\n"}','ce4649f6167d927cd1b91162fe74c7f33acc710ae06f926bb098ccca31a0941c','1c8ab70bb6ff477c3dfaebc0f7fc5a8cd14071ecfe24ffc6899b9ebe31c27536');
INSERT INTO "audit" VALUES(14,'2026-11-25T18:38:54.503811+00:00','T0LAB:U0REQUESTER','sending',2,NULL,'hmc-oslo','{"argv": ["migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "db01"], "command": 2, "deadline": 1800.0, "effect": "reads"}','1c8ab70bb6ff477c3dfaebc0f7fc5a8cd14071ecfe24ffc6899b9ebe31c27536','1420db1147be2f2f816d92ba4c8b6802759d88086bc80b6939325019e5a6f595');
INSERT INTO "audit" VALUES(15,'2026-11-25T18:38:54.509679+00:00','hscbot','answered',2,NULL,'hmc-oslo','{"bytes": 0, "command": 2, "exit_status": 0, "lost": null, "seconds": 0.006, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "start": ""}','1420db1147be2f2f816d92ba4c8b6802759d88086bc80b6939325019e5a6f595','5626b9eb39ed4dfc1a616569eab441fed257db53f2e3ac2970ee4d7e747dcb1e');
INSERT INTO "audit" VALUES(16,'2026-11-25T18:38:54.512802+00:00','hscbot','waiting',2,'C0POWEROPS',NULL,'{"came_from": "planning", "digest": "d77549bd2b671eff770c1432679f92a258d23dd21b4c0cb0eed9fbbf6ea74887", "plan": {"affected": ["db01"], "commands": [["hmc-oslo", "migrlpar", "-o", "m", "-m", "p72", "-t", "p75", "-p", "db01"]], "facts": [{"name": "db01 name", "value": "db01"}, {"name": "db01 lpar_id", "value": "3"}, {"name": "db01 state", "value": "Running"}, {"name": "validation", "value": "can migrate"}], "findings": [], "moves": "db01 moves from p72 to p75 while it runs", "stop": "/lpm stop db01 p72   (migrlpar -o s on hmc-oslo): the partition stays where it is", "undo": "Migrate it back: /lpm migrate db01 p75 p72"}}','5626b9eb39ed4dfc1a616569eab441fed257db53f2e3ac2970ee4d7e747dcb1e','a5178b49d934c06415edd2a41a18697093081d11009a0c2c6725daad58fee9cc');
INSERT INTO "audit" VALUES(17,'2026-11-25T18:38:54.537013+00:00','T0LAB:U0APPROVER','voted',2,NULL,NULL,'{"choice": "approve"}','a5178b49d934c06415edd2a41a18697093081d11009a0c2c6725daad58fee9cc','1fb37b162490bf6aa3976610e2f39df46bc469dc772aeaa00e21708492c86a49');
INSERT INTO "audit" VALUES(18,'2026-11-25T18:38:54.537477+00:00','T0LAB:U0APPROVER','granted',2,'C0POWEROPS',NULL,'{"came_from": "waiting"}','1fb37b162490bf6aa3976610e2f39df46bc469dc772aeaa00e21708492c86a49','73c48e32e46f8d27625e4646246ce534d76f964bd34373a498b53d9dd7b75bd6');
INSERT INTO "audit" VALUES(19,'2026-11-25T18:38:54.539946+00:00','hscbot','running',2,'C0POWEROPS',NULL,'{"came_from": "granted"}','73c48e32e46f8d27625e4646246ce534d76f964bd34373a498b53d9dd7b75bd6','28f61252868075c4c81fe98ecae06b6d0ee89ca3bca43225d2f2249229e77828');
INSERT INTO "audit" VALUES(20,'2026-11-25T18:38:54.541614+00:00','T0LAB:U0REQUESTER','sending',2,NULL,'hmc-oslo','{"argv": ["lssyscfg", "-r", "lpar", "-m", "p72", "-F", "name,lpar_id,state"], "command": 3, "deadline": 60.0, "effect": "reads"}','28f61252868075c4c81fe98ecae06b6d0ee89ca3bca43225d2f2249229e77828','455265fd576d9f074bbb78cce99669f01d7926c07ad8dbf6edbfd4afe3101722');
INSERT INTO "audit" VALUES(21,'2026-11-25T18:38:54.548950+00:00','hscbot','answered',2,NULL,'hmc-oslo','{"bytes": 322, "command": 3, "exit_status": 0, "lost": null, "seconds": 0.008, "sha256": "1b0eb1f8016ec09fb142f79b6c53968e53f48c562770dd751d0a3a3abad3409a", "start": "p72vio1,1,Running\np72vio2,2,Running\ndb01,3,Running\nweb01,4,Running\napp01,5,Running\nkeys01,6,Running\name01,7,Running\ncpumode01,8,Running\nrmc01,9,Running\nams01,10,Running\nnpiv01,11,Running\nmpio01,12,Running\nmpionpiv01,13,Running\nvscsi01,14,Running\nmem01,15,Running\ncpu01,16,Running\nnormc01,17,Running\noff01,18,Not Activated\n"}','455265fd576d9f074bbb78cce99669f01d7926c07ad8dbf6edbfd4afe3101722','4bfd1e83b0947ca7d72399aef9d7bd7316240a79884831ee65896c64d7f2c265');
INSERT INTO "audit" VALUES(22,'2026-11-25T18:38:54.550934+00:00','T0LAB:U0REQUESTER','sending',2,NULL,'hmc-oslo','{"argv": ["migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "db01"], "command": 4, "deadline": 1800.0, "effect": "reads"}','4bfd1e83b0947ca7d72399aef9d7bd7316240a79884831ee65896c64d7f2c265','6b8773cbbdb7a6df5fe7b99a00f7a685394da403960cc0c0e60d2f4862fe452f');
INSERT INTO "audit" VALUES(23,'2026-11-25T18:38:54.556864+00:00','hscbot','answered',2,NULL,'hmc-oslo','{"bytes": 0, "command": 4, "exit_status": 0, "lost": null, "seconds": 0.006, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "start": ""}','6b8773cbbdb7a6df5fe7b99a00f7a685394da403960cc0c0e60d2f4862fe452f','1a92cc1738cf8ffbc3d785d5e67372dfaf7e70faba94aa2cc1c02e33157aa03d');
INSERT INTO "audit" VALUES(24,'2026-11-25T18:38:54.560198+00:00','T0LAB:U0REQUESTER','sending',2,NULL,'hmc-oslo','{"argv": ["migrlpar", "-o", "m", "-m", "p72", "-t", "p75", "-p", "db01"], "command": 5, "deadline": 43200.0, "effect": "changes"}','1a92cc1738cf8ffbc3d785d5e67372dfaf7e70faba94aa2cc1c02e33157aa03d','e17daa71f8a1684577dd56245b42c0af427f59a5cc79c775c277bf40415d3e42');
INSERT INTO "audit" VALUES(25,'2026-11-25T18:38:54.767621+00:00','hscbot','answered',2,NULL,'hmc-oslo','{"bytes": 0, "command": 5, "exit_status": 0, "lost": null, "seconds": 0.208, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "start": ""}','e17daa71f8a1684577dd56245b42c0af427f59a5cc79c775c277bf40415d3e42','4487bb53ee808ee2cf727ae6ddbecde9008a6c38f333e3173b30ba099051efb5');
INSERT INTO "audit" VALUES(26,'2026-11-25T18:38:54.768730+00:00','T0LAB:U0REQUESTER','sending',2,NULL,'hmc-oslo','{"argv": ["lssyscfg", "-r", "lpar", "-m", "p75", "-F", "name,lpar_id,state"], "command": 6, "deadline": 60.0, "effect": "reads"}','4487bb53ee808ee2cf727ae6ddbecde9008a6c38f333e3173b30ba099051efb5','a1a20031da66628a2446f5f7f5560697efa71888840693e3d4e69376d7d1ccc3');
INSERT INTO "audit" VALUES(27,'2026-11-25T18:38:54.770997+00:00','hscbot','answered',2,NULL,'hmc-oslo','{"bytes": 97, "command": 6, "exit_status": 0, "lost": null, "seconds": 0.002, "sha256": "4eeab188c4bd8fc6d0631037d1b5539e4d3849788576eba97297cfcdb49458ee", "start": "p75vio1,1,Running\np75vio2,2,Running\nbilling01,3,Running\narchive01,4,Not Activated\ndb01,5,Running\n"}','a1a20031da66628a2446f5f7f5560697efa71888840693e3d4e69376d7d1ccc3','1473b30cfe569f7b3292ad74beef48e10e00ac4ea01bf0cc4a8007df9d59659d');
INSERT INTO "audit" VALUES(28,'2026-11-25T18:38:54.771971+00:00','T0LAB:U0REQUESTER','sending',2,NULL,'hmc-oslo','{"argv": ["lssyscfg", "-r", "lpar", "-m", "p72", "-F", "name,lpar_id,state"], "command": 7, "deadline": 60.0, "effect": "reads"}','1473b30cfe569f7b3292ad74beef48e10e00ac4ea01bf0cc4a8007df9d59659d','978824daee0a084fe324a3aa85e466b9d1ee815e11badda838a1295c4700b721');
INSERT INTO "audit" VALUES(29,'2026-11-25T18:38:54.774361+00:00','hscbot','answered',2,NULL,'hmc-oslo','{"bytes": 307, "command": 7, "exit_status": 0, "lost": null, "seconds": 0.003, "sha256": "a97e582d348a191467208a31aa223d793837cdfe69170b78b75bbf30ee6d3687", "start": "p72vio1,1,Running\np72vio2,2,Running\nweb01,4,Running\napp01,5,Running\nkeys01,6,Running\name01,7,Running\ncpumode01,8,Running\nrmc01,9,Running\nams01,10,Running\nnpiv01,11,Running\nmpio01,12,Running\nmpionpiv01,13,Running\nvscsi01,14,Running\nmem01,15,Running\ncpu01,16,Running\nnormc01,17,Running\noff01,18,Not Activated\n"}','978824daee0a084fe324a3aa85e466b9d1ee815e11badda838a1295c4700b721','19ff594dd33fab60ec23cbde10da7ae40a6123cffae53f277cc5d697ce3695ee');
INSERT INTO "audit" VALUES(30,'2026-11-25T18:38:54.775695+00:00','hscbot','succeeded',2,'C0POWEROPS',NULL,'{"came_from": "running", "codes": [], "headline": "db01 is on p75 now, Running", "lines": ["p72: not there", "p75: Running"]}','19ff594dd33fab60ec23cbde10da7ae40a6123cffae53f277cc5d697ce3695ee','9c7a1bd730aafabaa69883429b9f2a55fe13ef7cb77166626146308908ad2dfb');
INSERT INTO "audit" VALUES(31,'2026-11-25T18:38:54.807507+00:00','T0LAB:U0OUTSIDER','refused',NULL,'C0POWEROPS',NULL,'{"asked": "/lpm migrate app01 p72 p75", "codes": ["not-allowed"]}','9c7a1bd730aafabaa69883429b9f2a55fe13ef7cb77166626146308908ad2dfb','6a03e710d74544f748e5f36944b7b4b5bb9ff79688e8f91b95ea60f3510a26d7');
INSERT INTO "audit" VALUES(32,'2026-11-25T18:38:54.820972+00:00','T0LAB:U0REQUESTER','asked',3,'C0POWEROPS',NULL,'{"operation": "lpm.validate", "parameters": {"affinity": false, "dest_msp": null, "destination": "p75", "detail": null, "force": false, "hmc": null, "id": null, "mpio": null, "npivval": null, "partition": "npiv01", "profile": null, "redundantmsps": null, "redundantvios": null, "source": "p72", "source_msp": null, "user": null, "verbose": false, "vlanbridge": null, "wait": null}, "policy": 1, "rules": ["reads"], "state": "granted"}','6a03e710d74544f748e5f36944b7b4b5bb9ff79688e8f91b95ea60f3510a26d7','5170783ad5f77175f41cb08bbabfa1bd276ae06b1295ca54cac2b29147eb5b2a');
INSERT INTO "audit" VALUES(33,'2026-11-25T18:38:54.824183+00:00','hscbot','running',3,'C0POWEROPS',NULL,'{"came_from": "granted"}','5170783ad5f77175f41cb08bbabfa1bd276ae06b1295ca54cac2b29147eb5b2a','4a3af293f02c085c796f7dc2a4231c44877247a2a98e64d965fea3855bbbce53');
INSERT INTO "audit" VALUES(34,'2026-11-25T18:38:54.828024+00:00','T0LAB:U0REQUESTER','sending',3,NULL,'hmc-oslo','{"argv": ["migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "npiv01"], "command": 1, "deadline": 1800.0, "effect": "reads"}','4a3af293f02c085c796f7dc2a4231c44877247a2a98e64d965fea3855bbbce53','88ab22de681d8931d69f0ccdd1b4cadc4ef53298f02391e794c5f704433b3799');
INSERT INTO "audit" VALUES(35,'2026-11-25T18:38:54.839078+00:00','hscbot','answered',3,NULL,'hmc-oslo','{"bytes": 120, "command": 1, "exit_status": null, "lost": "the connection was lost: [Errno 32] Broken pipe", "seconds": 0.012, "sha256": "b5a2ec70a6724d0f485d1b8d46bf87be2c40daadc254daaa8258f5cd1fb61c15", "start": "HSCLA319 The migrating partition''s virtual fibre channel client adapter 4 \ncannot be hosted by the existing Virtual I/O "}','88ab22de681d8931d69f0ccdd1b4cadc4ef53298f02391e794c5f704433b3799','08ce6e556c87d632ef0938f4b7f1574ed314115a4e4e0a5adfc37d3210c61dc1');
INSERT INTO "audit" VALUES(36,'2026-11-25T18:38:54.846758+00:00','hscbot','unknown',3,'C0POWEROPS',NULL,'{"came_from": "running", "codes": ["HSCLA319"], "headline": "unknown: the connection was lost before the answer ended", "lines": []}','08ce6e556c87d632ef0938f4b7f1574ed314115a4e4e0a5adfc37d3210c61dc1','09e4e657d13fa9cff2969a216ef7ce7d98bce45eadf7ae70706b934c223a51d8');
CREATE TABLE inbox (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL CHECK (json_valid(body)), at TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE login_stop (host TEXT PRIMARY KEY, since TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE TABLE message (key TEXT PRIMARY KEY, channel TEXT NOT NULL, ts TEXT NOT NULL) STRICT;
INSERT INTO "message" VALUES('request:1','C0POWEROPS','1795631934.288592');
INSERT INTO "message" VALUES('request:1:log:1:0','C0POWEROPS','1795631934.312660');
INSERT INTO "message" VALUES('request:2','C0POWEROPS','1795631934.498472');
INSERT INTO "message" VALUES('request:3','C0POWEROPS','1795631934.830143');
INSERT INTO "message" VALUES('request:3:log:1:0','C0POWEROPS','1795631934.852905');
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('post', 'update', 'log', 'file', 'whisper')),
    channel TEXT NOT NULL,
    key TEXT,
    thread TEXT,
    reader TEXT,
    body TEXT NOT NULL CHECK (json_valid(body)),
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'merged')),
    tries INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0,
    fault TEXT,
    at TEXT NOT NULL
) STRICT;
CREATE TABLE output (
    id INTEGER PRIMARY KEY, request INTEGER NOT NULL REFERENCES request, command INTEGER NOT NULL, bytes BLOB NOT NULL
) STRICT;
INSERT INTO "output" VALUES(1,1,1,X'78015356C8C84DD6CD2FCEC9B752C8CD4C2FCA29482C52D0CD572853D0CD5528303752D02D0152A60ABA050A65C5C9C59906865C00A06B0F50');
INSERT INTO "output" VALUES(2,1,1,X'7801732D2ACA2F2AB6E202000DC402C2');
INSERT INTO "output" VALUES(3,1,1,X'78011DCCB10D80300C04C09E29BE63102AEAB08043AC60099C2879106C0FE206B865531C969BD03CA34AA3D18A8F1D97359EB2234C618624A9D48655DC0B11155BE9D484F8805FA1B7F57F185ECA2F1D54');
INSERT INTO "output" VALUES(4,1,1,X'780115C8310A80300C05D0DD53FC51173D47A70E8A7BA0410336952416BCBDF8C6D7C5E2A10B69C970B6CE86714F799D70938584347534459C8CC21EA2F41F2A291D5CE0AF07D7195BC3F00112321AD2');
INSERT INTO "output" VALUES(5,1,1,X'7801CBCD4C2F4A2C495528C9485528482C2AC92CC9CCCFD351284E2D51282D008BE6A526A716172716552A8479FA072B64E41797142BE4E781E552528B4B32F312417A14B8001B571B2C');
INSERT INTO "output" VALUES(6,1,1,X'7801CB4DCC4B4C4F4D5128AE2C2E49CDD55128C948CD532829AA043114F20B528B124B32F3F31412D31333F3F414B800A53110D7');
INSERT INTO "output" VALUES(7,1,1,X'7801E30200000B000B');
INSERT INTO "output" VALUES(8,1,1,X'780173492D49CCCC29B6E20200109B030B');
INSERT INTO "output" VALUES(9,1,1,X'7801F30876F6713436355308C9485508F2755648CECFCD4DCC4B51C82C2E2E4D4D5128C95728482C2AC92CC9CCCF532830372DCBCC3754484BCCCC494DD103EAC92C56C84D4DCC2B5628C9482C51E00200F0531A0B');
INSERT INTO "output" VALUES(10,1,1,X'78014B492D2EC9CC4B2CC9CCCF5308F3F40F5628482C2AC904730BCC4DCB32F38D149213F3F2F24B1432F28B4B144A325215CA328B4A4A1373141253120B4A528B14CC14807A41125C0051721B62');
INSERT INTO "output" VALUES(11,1,1,X'7801CBCD4C2F4A2CC9CC4B5728482C2AC92CC9CCCFD3E302005CC607F5');
INSERT INTO "output" VALUES(12,1,1,X'7801E30200000B000B');
INSERT INTO "output" VALUES(13,1,1,X'7801F30876F67134B2745408C9485508F2755648CECFCD4DCC4B51C82C2E2E4D4D5128C95728482C2AC92CC9CCCF53484BCCCC494DD153E00200DBEE11E1');
INSERT INTO "output" VALUES(14,1,1,X'78010BC9485528482C2AC92CC9CCCF5348CECFCD4DCC4B51C82CB6E202008403095B');
INSERT INTO "output" VALUES(15,1,1,X'7801CBCD4CCF4D2F52D04D5348CBCC4B894F492DCB4C4E2D56D02D51282B4E2ECE54D0755630A83056D04D5130E4020058950DDA');
INSERT INTO "output" VALUES(16,1,1,X'78010BC9485508F27556284A2D292DCA5348CE4F4955C82CB6E20200646107DF');
INSERT INTO "output" VALUES(17,1,1,X'780133E00200006C003B');
INSERT INTO "output" VALUES(18,1,1,X'78010BC94855F00F5648CECFCD4DCC4B51284A2D292DCA0372535215328BADB800AC930A9E');
INSERT INTO "output" VALUES(19,1,1,X'7801B330E50200011F0078');
INSERT INTO "output" VALUES(20,1,1,X'78010BC94855F00F56282E49CC4B492C4A51C82F2D51C82CB6E2020066D5080D');
INSERT INTO "output" VALUES(21,1,1,X'78010B2ACDCBCBCC4B57C84D2DC9C84F5150D72F2D2ED2CFC94CD2830814EBE766A6C797152717677201005DC80FD8');
INSERT INTO "output" VALUES(22,1,1,X'7801B330E50200011F0078');
INSERT INTO "output" VALUES(23,1,1,X'78010BC94855F00F56282E49CC4B492C4A51482D2A52C82CB6E20200666407FE');
INSERT INTO "output" VALUES(24,1,1,X'7801E30200000B000B');
INSERT INTO "output" VALUES(25,1,1,X'78010BC94855284E4D2C4ACE50284F2C5628482D4ACB2FCA4D4D5100520A2540C9B4FC9C9CFCF2CCBC748594D4B2CCE45420559C5C94595092999F576CC50500034617CB');
INSERT INTO "output" VALUES(26,1,1,X'7801535080009B32DDE2E4E24CDD8CFCE2123B2E00379E05C5');
INSERT INTO "output" VALUES(27,1,1,X'78015350400336E9A979A94589399E7969F97620392E007603078F');
INSERT INTO "output" VALUES(28,1,1,X'78015350C0043665A945C599F97976467A060A36FA301E1700BCF40A6A');
INSERT INTO "output" VALUES(29,1,1,X'78015350C00436B9891521458979C569A9457646664686262636FAC8625C003CCD0DF7');
INSERT INTO "output" VALUES(30,1,1,X'78015350C00436B99979619EFEC1058925C919760636FA287C2E0014A10D08');
INSERT INTO "output" VALUES(31,1,1,X'78015350C00436B99979619EFEC1C9F9B905892589499939992595768636FA58C5B90031D313CD');
INSERT INTO "output" VALUES(32,1,1,X'78015350C00436A96969A9C9259965A9619EFEC1C9F9B905892589499939992595768636FA7864B9004BEA18A7');
INSERT INTO "output" VALUES(33,1,1,X'78015350400736E9A979A94589399E7969F9765C005C30072F');
INSERT INTO "output" VALUES(34,1,1,X'780153504007364589C5765C0029FD040B');
INSERT INTO "output" VALUES(35,1,1,X'78015350C00E6C0A128B4A324B32F3F33C5DEC8C6CF491B95C001C870D2E');
INSERT INTO "output" VALUES(36,1,1,X'78015350C00036FA4589C5765C0030D5045A');
INSERT INTO "output" VALUES(37,1,1,X'78015350C00036659945252EA965765C00440905C9');
INSERT INTO "output" VALUES(38,1,1,X'78015350C00D6CCA7C42FDECB800540B056A');
INSERT INTO "output" VALUES(39,1,1,X'78015350200ED8F8843ADA195458181AA0021B7D90041700748F0BD3');
INSERT INTO "output" VALUES(40,1,1,X'78015350200ED8F884FA05972496A4DA19D8E8C3D95C00322D0C3E');
INSERT INTO "output" VALUES(41,1,1,X'78015350200ED824E764A6E69504A516A71695A5DAE5E5DBE8A38A700100F52511C1');
INSERT INTO "output" VALUES(42,1,1,X'78015350200ED8387A46D87101008A0D0667');
INSERT INTO "output" VALUES(43,1,1,X'78015350200DD8945416A4DA95A52416A7D8E883D95C004CD40CC4');
INSERT INTO "output" VALUES(44,1,1,X'78015350200DD824E7E7E58567A416A5DA19DAE823385C009E2B0EB1');
INSERT INTO "output" VALUES(45,1,1,X'78015350200ED8E83B7A46D871010090640696');
INSERT INTO "output" VALUES(46,1,1,X'78015350C00D6CF4CB7C42FDECB80059110599');
INSERT INTO "output" VALUES(47,1,1,X'78015350C00D6C9272F293B3834B328B12D353EDB80094B608DF');
INSERT INTO "output" VALUES(48,1,1,X'78015350200ED814A516A71695A5865416A4DAF979C607B906BB0685B9DAE8238B73010032E9127C');
INSERT INTO "output" VALUES(49,1,1,X'78015350200ED8387A46D87101008A0D0667');
INSERT INTO "output" VALUES(50,1,1,X'7801E30200000B000B');
INSERT INTO "output" VALUES(51,1,1,X'78015350C0096C4A533253EC8CCC0C0D8D0C0C0CCD8D2D0C0C0C8C5D8C0D0C2D4D0CCC8D2C0C0D223CC30C8C3D9D7CD3920B6CF4C18AB900343E10AE');
INSERT INTO "output" VALUES(52,1,1,X'78015350200DD8945416A4DA85BA78BAD8E883995C0039E20BD8');
INSERT INTO "output" VALUES(53,1,1,X'78015350200ED8E83B7A46D871010090640696');
INSERT INTO "output" VALUES(54,1,1,X'78015350C00D6CF49372F293B3834B328B12D353EDB8009B34090E');
INSERT INTO "output" VALUES(55,1,1,X'78015350C00436FA659945252EA965765C004C5D0618');
INSERT INTO "output" VALUES(56,1,1,X'7801535000021BFD32DDE2E4E24CDD8CFCE2123B2E00332A0594');
INSERT INTO "output" VALUES(57,1,1,X'7801535648ADC82C51282E492C292D5630E4E2020031F80527');
INSERT INTO "output" VALUES(58,2,2,X'78015356C8C84DD6CD2FCEC9B752C8CD4C2FCA29482C52D0CD572853D0CD5528303752D02D0152A60ABA050A294906865C0070A60DEE');
INSERT INTO "output" VALUES(59,2,2,X'7801535648ADC82C51282E492C292D5630E0E2020031F50526');
INSERT INTO "output" VALUES(60,2,4,X'78015356C8C84DD6CD2FCEC9B752C8CD4C2FCA29482C52D0CD572853D0CD5528303752D02D0152A60ABA050A294906865C0070A60DEE');
INSERT INTO "output" VALUES(61,2,4,X'7801535648ADC82C51282E492C292D5630E0E2020031F50526');
INSERT INTO "output" VALUES(62,2,5,X'78015356C8C84DD6CD2FCEC9B752C8CD4C2FCA29482C52D0CD57C855D0CD5528303752D02D0152A60ABA050A294906865C006FCE0DE5');
INSERT INTO "output" VALUES(63,2,5,X'7801535648ADC82C51282E492C292D5630E0E2020031F50526');
INSERT INTO "output" VALUES(64,3,1,X'78015356C8C84DD6CD2FCEC9B752C8CD4C2FCA29482C52D0CD572853D0CD5528303752D02D0152A60ABA050A7905996506865C00902B0EE5');
INSERT INTO "output" VALUES(65,3,1,X'780105C1311240400C05D0DE297EA736344AA351E8B840ACD8CDCC8A9D08E7DFF7966D5EA7BE1BB127C62DD1C845230A998BCBA3ED8B5FCC3FCAB8E4304648A4CA19210BAB834E2ACE86014D05DC5C1A26');
INSERT INTO "output" VALUES(66,3,1,X'78014B4ECCCBCB2F51484A55C8C82F2E494D5148AA5428C9485548ADC82C2EC9CC4B5708CB2C2A294DCC51F0D4F75700007D3A1007');
INSERT INTO "output" VALUES(67,3,1,X'780105C1410A80201404D0BDA718E806B57319748A6811F221B16644BF78FDDE5BA0E1499F61B0509311FE1892484B9E45CCBBE355F788F3688DC2B65ED89B8A1135570BE1074D4117A8');
CREATE TABLE policy (
    version INTEGER PRIMARY KEY, source TEXT NOT NULL, loaded_at TEXT NOT NULL, loaded_by TEXT NOT NULL
) STRICT;
INSERT INTO "policy" VALUES(1,'# hscbot''s seed policy: safe on the first day. Put your people in, then: hscbot policy load policy.toml
#
# A member is WORKSPACE:MEMBER, both as Slack''s exact ids (in Slack: profile → ⋮ → Copy member ID; the workspace id is the
# T… in the address of app.slack.com). Names and e-mails are not taken: they can be changed by their bearers.
# Deny wins; what no rule allows is denied; of several rules that ask for approvals, the strictest holds.

[roles]
viewer = []
operator = ["T0LAB:U0REQUESTER", "T0LAB:U0APPROVER"]
lead = ["T0LAB:U0LEAD"]

[[rules]]
name = "reads"
operations = ["*"]
effects = ["reads"]
who = ["viewer", "operator", "lead"]
verdict = "allow"

[[rules]]
name = "stop a migration at once"
operations = ["lpm.stop"]
who = ["operator", "lead"]
verdict = "allow"

[[rules]]
name = "changes take one other person"
operations = ["lpm.migrate"]
effects = ["changes"]
who = ["operator", "lead"]
verdict = "ask"
approvals = 1
approvers = ["operator", "lead"]
minutes_to_approve = 60
minutes_to_run = 30

[[rules]]
name = "what disrupts takes two leads"
operations = ["*"]
effects = ["disrupts", "destroys"]
who = ["operator", "lead"]
verdict = "ask"
approvals = 2
approvers = ["lead"]
minutes_to_approve = 60
minutes_to_run = 30
','2026-11-25T18:38:54.050699+00:00','hscbot demo');
CREATE TABLE policy_role (
    version INTEGER NOT NULL REFERENCES policy, role TEXT NOT NULL, workspace TEXT NOT NULL, member TEXT NOT NULL,
    PRIMARY KEY (version, role, workspace, member)
) STRICT;
INSERT INTO "policy_role" VALUES(1,'operator','T0LAB','U0REQUESTER');
INSERT INTO "policy_role" VALUES(1,'operator','T0LAB','U0APPROVER');
INSERT INTO "policy_role" VALUES(1,'lead','T0LAB','U0LEAD');
CREATE TABLE policy_rule (
    version INTEGER NOT NULL REFERENCES policy, position INTEGER NOT NULL, name TEXT NOT NULL, verdict TEXT NOT NULL,
    approvals INTEGER NOT NULL, body TEXT NOT NULL CHECK (json_valid(body)), PRIMARY KEY (version, position)
) STRICT;
INSERT INTO "policy_rule" VALUES(1,0,'reads','allow',0,'{"name":"reads","operations":["*"],"effects":["reads"],"who":["viewer","operator","lead"],"verdict":"allow","approvals":0,"approvers":[],"minutes_to_approve":60,"minutes_to_run":60}');
INSERT INTO "policy_rule" VALUES(1,1,'stop a migration at once','allow',0,'{"name":"stop a migration at once","operations":["lpm.stop"],"effects":[],"who":["operator","lead"],"verdict":"allow","approvals":0,"approvers":[],"minutes_to_approve":60,"minutes_to_run":60}');
INSERT INTO "policy_rule" VALUES(1,2,'changes take one other person','ask',1,'{"name":"changes take one other person","operations":["lpm.migrate"],"effects":["changes"],"who":["operator","lead"],"verdict":"ask","approvals":1,"approvers":["operator","lead"],"minutes_to_approve":60,"minutes_to_run":30}');
INSERT INTO "policy_rule" VALUES(1,3,'what disrupts takes two leads','ask',2,'{"name":"what disrupts takes two leads","operations":["*"],"effects":["disrupts","destroys"],"who":["operator","lead"],"verdict":"ask","approvals":2,"approvers":["lead"],"minutes_to_approve":60,"minutes_to_run":30}');
CREATE TABLE request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    operation TEXT NOT NULL,
    parameters TEXT NOT NULL CHECK (json_valid(parameters)),
    workspace TEXT NOT NULL,
    member TEXT NOT NULL,
    channel TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    state TEXT NOT NULL,
    policy_version INTEGER NOT NULL REFERENCES policy,
    verdict TEXT NOT NULL CHECK (json_valid(verdict)),
    plan TEXT CHECK (plan IS NULL OR json_valid(plan)),
    digest TEXT,
    approve_by TEXT,
    run_by TEXT,
    report TEXT CHECK (report IS NULL OR json_valid(report))
) STRICT;
INSERT INTO "request" VALUES(1,'lpm.validate','{"partition":"vscsi01","id":null,"source":"p72","destination":"p75","hmc":null,"user":null,"profile":null,"redundantvios":null,"mpio":null,"vlanbridge":null,"npivval":null,"redundantmsps":null,"affinity":false,"source_msp":null,"dest_msp":null,"wait":null,"detail":null,"force":false,"verbose":false}','T0LAB','U0REQUESTER','C0POWEROPS','2026-11-25T18:38:54.262232+00:00','failed',1,'{"rules":["reads"],"minutes_to_run":60}',NULL,NULL,NULL,'2026-11-25T19:38:54.262232+00:00','{"ending":"failed","headline":"can''t: 1 reason","lines":[],"findings":[{"code":"HSC-NOCODE-4","path":["HSC-NOCODE-4"],"section":"error","text":"The migrating partition''s virtual SCSI adapter cannot be hosted by the existing \nvirtual I/O server (VIOS) partitions on the destination managed system. To \nmigrate the partition, set up the necessary VIOS hosts on the destination \nmanaged system, then try the operation again.","known":true,"text_seen":true,"kind":"error","meaning":"No VIOS on the destination can carry the partition''s virtual SCSI adapter.","causes":["A disk behind the adapter isn''t mapped to the destination VIOS.","The disk is there but reserved: reserve_policy isn''t no_reserve on both sides.","The backing device isn''t a whole disk, or the client adapter accepts one certain server slot only.","Disks and reserves are right, and the Fibre Channel adapters of the two sides differ."],"check":"On the source VIOS: lsmap -vadapter VHOST gives the disk; compare its unique_id (lsdev -dev HDISK -attr unique_id) with the disks of the destination VIOS. Found: look at reserve_policy on both. Not found: it is mapping or zoning.","fixes":["Map the same LUN to the destination VIOS and run cfgdev there.","chdev -dev HDISK -attr reserve_policy=no_reserve on both sides, while nobody holds the disk open."],"source":"IBM developerWorks, LPM troubleshooting","rank":30,"rmc_rc":null,"os_rc":null,"returns":[]},{"code":"HSCLA356","path":["HSCLA356"],"section":"detail","text":"HSCLA356 The RMC command issued to partition p75vio1 failed. This means that \ndestination VIOS partition p75vio2 cannot host the virtual adapter 6 on the \nmigrating partition.","known":true,"text_seen":true,"kind":"error","meaning":"The destination VIOS named here was asked whether it can carry one virtual adapter of the partition, and said no. Why stands in the return codes that follow.","causes":["OS return code 85: it finds no matching vSCSI disk.","OS return code 69 or 83: its Fibre Channel ports don''t reach what the partition needs.","RMC return code other than 0: the question didn''t get through."],"check":"Read the HSCLA29A block behind it: first the RMC return code, and if that is 0, the OS return code.","fixes":["Mend what the return codes name on that VIOS, then validate again."],"source":"IBM developerWorks, LPM troubleshooting","rank":30,"rmc_rc":null,"os_rc":null,"returns":[]},{"code":"HSCLA29A","path":["HSCLA29A"],"section":"detail","text":"HSCLA29A The RMC command issued to partition failed. \nThe partition command is:\nmigmgr -f find_devices -t vscsi -C 0x3 -d 1\nThe RMC return code is:\n0\nThe OS command return code is:\n85\nThe OS standard out is:\nRunning method ''/usr/lib.methods/mig_vscsi\n85\nThe OS standard err is:\n\nThe search was performed for the following device descriptions:\n        <v-scsi-host>\n                 <generalInfo>    \n                    <version>2.0 </version>\n                    <maxTransfer>262144</maxTransfer>\n                    <minVIOSpatch>0</minVIOSpatch>\n                    <minVIOScompatability>1</minVIOScompatability>\n                    <effectiveVIOScompatability>1</effectiveVIOScompatability>\n                  <generalInfo>\n                  <ras>\n                        <partitionID>2</partitionID>\n                   </ras>\n                   <virtDev>\n                            <vLUN>\n                                        <LUA>0x81000000000000000</LUA>\n                                        <LUNState>0</LUNState>\n                                        <clientReserve>no</clientReserve>\n                                        <AIX>\n                                                <type>vdasd</type>\n                                                <connWhere>1</connWhere>\n                                        </AIX>\n                            </vLUN>\n                            <blockStirage>\n                                        <reserveType>NI_RESERVE</reserveType>\n                                        <AIX>\n\n                           <udid>261120017380003D30194072810XIV03IBMfcp</udid>\n                                                <type>UDID</type>\n                                        </AIX>\n                            </blockStirage>\n                    </virtDev>\n     </v-scsi-host>","known":true,"text_seen":true,"kind":"error","meaning":"A command that the HMC sent to a partition or VIOS over RMC failed. The RMC return code says whether it got through, the OS return code how it ended there. The destination VIOS looked for the partition''s vSCSI disk (migmgr find_devices) and found none that fits.","causes":["The LUN isn''t mapped to this VIOS, or not configured there.","It is reserved, or its reserve policy differs from the source''s."],"check":"The <udid> in the block names the disk. Look for it on the destination VIOS (lsdev -dev HDISK -attr unique_id). There: compare reserve_policy with the source''s. Not there: mapping or zoning.","fixes":["Map the LUN to this VIOS and run cfgdev.","Set reserve_policy=no_reserve on both sides."],"source":"IBM developerWorks, LPM troubleshooting","rank":30,"rmc_rc":0,"os_rc":85,"returns":[{"code":"RMCRC-0","known":true,"meaning":"RMC carried the command to the partition and its answer back. If something failed, the OS return code says what.","fixes":["Nothing to mend here; go by the OS return code."]},{"code":"OSRC-85","known":true,"meaning":"The destination VIOS looked for the partition''s vSCSI disk (migmgr find_devices) and found none that fits.","fixes":["Map the LUN to this VIOS and run cfgdev.","Set reserve_policy=no_reserve on both sides."]}]}],"offers":[{"label":"Validate again","text":"validate vscsi01 p72 p75"}]}');
INSERT INTO "request" VALUES(2,'lpm.migrate','{"partition":"db01","id":null,"source":"p72","destination":"p75","hmc":null,"user":null,"profile":null,"redundantvios":null,"mpio":null,"vlanbridge":null,"npivval":null,"redundantmsps":null,"affinity":false,"source_msp":null,"dest_msp":null,"wait":null,"detail":null,"force":false,"verbose":false}','T0LAB','U0REQUESTER','C0POWEROPS','2026-11-25T18:38:54.487032+00:00','succeeded',1,'{"rules":["changes take one other person"],"approvals":1,"approvers":["lead","operator"],"minutes_to_approve":60,"minutes_to_run":30}','{"commands":[["hmc-oslo","migrlpar","-o","m","-m","p72","-t","p75","-p","db01"]],"moves":"db01 moves from p72 to p75 while it runs","affected":["db01"],"facts":[{"name":"db01 name","value":"db01"},{"name":"db01 lpar_id","value":"3"},{"name":"db01 state","value":"Running"},{"name":"validation","value":"can migrate"}],"undo":"Migrate it back: /lpm migrate db01 p75 p72","stop":"/lpm stop db01 p72   (migrlpar -o s on hmc-oslo): the partition stays where it is","findings":[]}','d77549bd2b671eff770c1432679f92a258d23dd21b4c0cb0eed9fbbf6ea74887','2026-11-25T19:38:54.512396+00:00','2026-11-25T19:08:54.537206+00:00','{"ending":"succeeded","headline":"db01 is on p75 now, Running","lines":["p72: not there","p75: Running"],"findings":[],"offers":[]}');
INSERT INTO "request" VALUES(3,'lpm.validate','{"partition":"npiv01","id":null,"source":"p72","destination":"p75","hmc":null,"user":null,"profile":null,"redundantvios":null,"mpio":null,"vlanbridge":null,"npivval":null,"redundantmsps":null,"affinity":false,"source_msp":null,"dest_msp":null,"wait":null,"detail":null,"force":false,"verbose":false}','T0LAB','U0REQUESTER','C0POWEROPS','2026-11-25T18:38:54.820714+00:00','unknown',1,'{"rules":["reads"],"minutes_to_run":60}',NULL,NULL,NULL,'2026-11-25T19:38:54.820714+00:00','{"ending":"unknown","headline":"unknown: the connection was lost before the answer ended","lines":[],"findings":[{"code":"HSCLA319","path":["HSCLA319"],"section":null,"text":"HSCLA319 The migrating partition''s virtual fibre channel client adapter 4 \ncannot be hosted by the existing Virtual I/O","known":true,"text_seen":true,"kind":"error","meaning":"No VIOS on the destination can carry this virtual Fibre Channel adapter. The message is a general one; zoning is the usual reason, and the OS return code in the details tells.","causes":["The adapter''s second WWPN isn''t zoned or its LUNs aren''t masked to it. The move uses that one.","The destination''s ports don''t see the same storage ports as the source''s.","The Fibre Channel adapters of the two sides differ too much, or a port is unplugged or has no NPIV."],"check":"Take the OS return code from the details (69, 83). On the destination VIOS: lsnports (fabric 1, free WWPNs?). On the switch: are both WWPNs of the client in the zones? lshwres -r virtualio --rsubtype fc --level lpar -m SOURCE -F lpar_name,slot_num,wwpns lists them.","fixes":["Zone and mask both WWPNs of the client, to the same storage ports on both sides.","Cable or free an NPIV port on the destination VIOS.","Compare the adapters of source and destination if zoning is right."],"source":"IBM support, LPM validation of an AIX NPIV client; IBM developerWorks, LPM troubleshooting","rank":30,"rmc_rc":null,"os_rc":null,"returns":[]}],"offers":[{"label":"Validate again","text":"validate npiv01 p72 p75"}]}');
CREATE TABLE vote (
    request INTEGER NOT NULL REFERENCES request, workspace TEXT NOT NULL, member TEXT NOT NULL,
    choice TEXT NOT NULL CHECK (choice IN ('approve', 'deny')), at TEXT NOT NULL,
    PRIMARY KEY (request, workspace, member)
) STRICT;
INSERT INTO "vote" VALUES(2,'T0LAB','U0APPROVER','approve','2026-11-25T18:38:54.536919+00:00');
CREATE INDEX audit_request ON audit (request, action);
CREATE TRIGGER audit_never_updated BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit rows are never removed'); END;
CREATE INDEX request_state ON request (state);
CREATE INDEX output_request ON output (request, command);
CREATE INDEX inbox_open ON inbox (done) WHERE done = 0;
CREATE INDEX outbox_open ON outbox (state, channel, id) WHERE state IN ('queued', 'sending');
CREATE INDEX outbox_log ON outbox (key, id) WHERE kind = 'log';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('request',3);
COMMIT;
