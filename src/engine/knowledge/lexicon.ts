/**
 * What engineers mean by many words, in English and Russian: one concept, and the phrases that speak of it, with commas between
 * them. It is about the trade, not about runbooks: which concept speaks for which runbook is written in the documents. The form
 * of a phrase is told in concepts.ts.
 */
export const LEXICON: Readonly<Record<string, string>> = {
  // Things.
  redis: `
    redis*, редис*, sentinel*, rdb, aof, appendonly, valkey, keydb, maxmemory, redisson, jedis*, ioredis`,
  postgres: `
    postgres*, pg, psql, постгре*, постгрес*, пг, pgbouncer, pgpool, patroni, psycopg*, libpq, max_connections, walreceiver,
    wal, autovacuum, pgx, pg_dump, pg stat, слоник`,
  database: `
    db, database*, бд, база, базу, базе, базы, базой, баз, субд, sql, sqlstate, mysql, mariadb`,
  replica: `
    reader, readers, reader node, читающ* нод*|базе|базы,
    replica*, standby, follower*, secondary, реплик*, слейв*, slave, read replica, hot standby, walreceiver, physical
    replication, streaming replication`,
  container: `
    container*, контейнер*, docker*, докер*, pod, pods, поды, поде, подов, kubelet, containerd, deployment, kube*, k8s,
    кубер*, compose, oci, runc`,
  machine: `
    host, hosts, node, nodes, server, vm, vms, machine*, instance, instances, ec2, хост*, нода, ноды, ноде, ноду, сервер*,
    машин*, виртуалк*, железк*, гипервизор*, hypervisor*, bare metal, rack, стойк*, droplet, baremetal`,
  disk: `
    disk*, volume, volumes, filesystem*, file system*, partition, диск*, раздел*, inode*, mount, mountpoint, df, pvc, ssd,
    hdd, tmpfs, ebs, storage, файлов* систем*`,
  memory: `
    memory, ram, maxmemory, heap, памят*, оператив*, oom, mem, oomkill*`,
  cpu: `
    cpu, cpus, цпу, процессор*, проц, проца, процы, ядр*, cores, core, load average, throttl*, троттл*, la, loadavg, cfs,
    vcpu*`,
  certificate: `
    cert, certs, certificate*, x509, ssl, tls, сертификат*, серт, серта, сертом, серты, https, notafter, not after,
    letsencrypt, lets encrypt, certbot, acme, cert manager, pkix, handshake*, хендшейк*`,
  connection: `
    connection*, conn, conns, connect, client, clients, соединен*, коннект*, подключен*, session, sessions, сесси*, pool, пул,
    пула, пуле, slots, слот*`,
  backup: `
    backup*, бэкап*, бекап*, dump, snapshot*, снапшот*, резервн* копи*, pitr, point in time, дамп*`,

  // A disk has no room.
  disk_full: `
    N байт|bytes|gb|гб|mb|мб & свободн*|free|left|available|осталось, disk|volume|drive|partition|storage & filled|fills|filling|eaten|stuffed,
    свободн* & 0|нет|ноль|кончил*|байт|осталось, wrote N gb, used 100, fill* up, no bytes, мест* осталось, out of storage,
    no space left, enospc, out of space, out of disk, no _ space, no free space, disk* _ full|fill*|filled|exhaust*, full
    disk*, disk|volume|partition|filesystem|fs|mount|root|var|data|home|log|logs|tmp|inode|inodes & full|100|99|98|97|96|95,
    disk pressure, disk quota, quota exceeded, edquot, running|ran|run out of disk|space|inode*, out of inode*, disk space,
    could not extend, could not write _ file, could not write to file, free space, low on disk|space, disk|space|storage &
    critical|alarm, space almost|nearly, almost out of space, misconf, диск* &
    забит*|заполн*|кончил*|законч*|переполн*|полн*|полон|100|99|98|97|96|95|0, мест* &
    кончил*|законч*|нет|нету|не|хватает|осталось|диск*|забит*|сожрал*|съел*|0, забит* _ диск*|раздел*|логами, раздел* &
    забит*|заполн*|100, свободн* мест*, inode* & кончил*|законч*|exhaust*|нет, недостаточн* мест*, filesystem & 0, df &
    100|99|98|97, use 100, image filesystem, ephemeral storage, imagefs, nodefs, log* _ ate|eaten|filled, bytes free, no room,
    wal _ filled|full, disk full, disk usage, watermark`,

  // Redis refuses writes for want of memory.
  memory_limit: `
    grew without bounds, без ttl, without ttl|expiry|expiration, писать не дает, refus* sets, memory & maxmemory,
    maxmemory, oom command, used memory, command not allowed, memory limit, memory _ full|exceed*|exhaust*, out of memory,
    full memory, noeviction, evict*, eviction, memory & 100|99|98|97|96|95|94|93|92, память &
    кончил*|законч*|забит*|уперл*|лимит*|предел*|переполн*|полн*|100|99|98, памяти &
    кончил*|нет|не|лимит*|предел*|хватает|уперл*, used_memory, memory & high|pressure|ceiling|cap|maxed, лимит* _ памят*,
    вытесн*, эвикш*, memory usage, memory maxed`,
  write_refused: `
    oom command, not allowed when, refus* _ write*, reject* _ write*, cant|cannot|unable|not _ write|writes|set, write* &
    fail*|refus*|reject*|error*|blocked|denied|stopped, запис* & не|отказ*|отверг*|ошибк*|падает|падают, не пишет*, не
    принимает, set & fail*|oom|error*, lpush & oom|fail*, noeviction, read only, писать, не может записать`,
  oom_killed: `
    oom kill*, oomkill*, exit code 137, exit 137, exited 137, код* 137, status 137, out of memory kill*, kill* process, cgroup
    out of memory, 137`,

  // A process or a container that does not stay up.
  crash_loop: `
    снова падает, опять падает, по кругу, кругу, поднимается и _ падает, restarts N, dies on startup|boot|start, never gets past start*,
    crash loop*, crashloop*, crash* loop*, back off restart*, backoff, restart loop*, restart* &
    every|over|loop|constantly|keeps|again|seconds|times|count|minute*|flapping|many|climbing, keep*
    restart*|crash*|dying|exit*|falling|bouncing, restarting N, restarts N, N restarts, boot loop*, crash* &
    again|every|start*|loop|repeatedly|boot|immediately|instantly, die* & again|every|right|after|seconds|immediately|start,
    exit* & immediately|code|again|every|right|after|seconds|restart*, up N seconds, up less than, crash back, краш луп*,
    крашлуп*, крэшлуп*, цикл* & рестарт*|перезапу*|перезагруз*, постоянн* & рестарт*|перезапу*|падает|крашит*, рестарт* &
    каждые|раз|цикл*|постоян*|бесконеч*|кругу|снова|секунд*|минут*|счетчик*, перезапуск* &
    каждые|раз|цикл*|постоян*|бесконеч*|кругу|снова|секунд*|минут*, падает и _ поднимается|стартует|перезапускается, падает &
    сразу|снова|каждые|стартует|старте|старта|раз|кругу|запуск*, крашит*, умирает & сразу|снова|каждые|старта|через|секунд*,
    рестартится, перезапускается, restarting, flapping, oci runtime create, failed to start container, exited with code,
    exited 1, exit code 1, runcontainererror, run container error, createcontainerconfigerror, create container config error,
    restart count, не может стартануть, падает через, wont stay up, never stays up, never becomes ready`,
  bad_config: `
    config* & bad|wrong|invalid|missing|change*|broken|new|edit*|typo|env|mistake, misconfig*, env* variable*|var|vars,
    missing env*, environment variable, invalid _ flag|option|argument, unknown flag|option|argument, entrypoint, permission
    denied, no such file, executable file not found, конфиг* & нов*|помен*|битый|кривой|невалид*|изменил*|правк*|опечатк*,
    переменн* окружен*, command not found, exec format, cannot find module, module not found, modulenotfounderror,
    importerror, classnotfound*, panic, segfault, segmentation fault, sigsegv, configmap, secret _ not found`,

  // A new version.
  deploy: `
    promoted, rolled to, build N _ broken|fails, since build|version|update, worked _ before|yesterday|previously, after the update, postdeploy, фикс*, сборк* N, раскатили,
    после обновления, обновление сломало,
    deploy*, redeploy*, release, releases, released, releasing, rollout*, roll out, rolled out, rolling update, ship, shipped,
    shipping, new version, new build, new image, new tag, new code, canary, blue green, helm upgrade, argocd, argo, ci cd,
    pushed to prod*, push to prod*, merged, merge, upgraded to, upgrade, version N, v N, v1, v2, v3, v4, hotfix, feature flag,
    bumped, changelog, депло*, задепло*, релиз*, зарелиз*, выкат*, выкач*, раскат*, раскач*, накат*, катнул*, катили, нов*
    верси*, нов* сборк*, нов* образ*, обновил*, обновлени*, апдейт*, влил*, смерж*, мердж*, канарей*, last deploy, commit,
    previous version|release|image|build, regression, progressdeadlineexceeded, progress deadline, manifest unknown, image
    pull*, imagepull*, errimagepull, err image pull, pull access denied, migration*, build N`,
  go_back: `
    roll back, rollback, rolling back, rolled back, revert*, previous version|release|image|build|one, old
    version|build|image, откат*, вернут* & верси*|стар*|назад|предыдущ*, откатил*, back to, предыдущ* верси*, last known good`,
  errors_5xx: `
    500, 502, 503, 504, 5xx, http 500|502|503|504, internal server error, bad gateway, service unavailable, error rate, errors
    _ jump*|spik*|climb*|up|rising, error* & spike*|jump*|surge|rate|percent, пятисот*, 500ки, 500х, 5хх, ошибок &
    вырос*|рост|процент*|скачок|много, exception*, npe, nullpointer*, null pointer, typeerror, type error, undefined is not,
    stack trace, keyerror, attributeerror, white screen, blank page, checkout _ broken, readiness probe, error budget,
    stacktrace, unhandled`,

  // Load.
  high_cpu: `
    consum* all cpu, cpu starvation, cpu & consum*|exhaust*|starv*|full|all|melting, more load than, hammer*, stamped*, thundering herd, cores & all, la N, нагрузка,
    cpu & high|100|99|98|97|96|95|94|93|92|91|90|88|89|85|400|800|pegged|maxed|saturat*|spik*|pinned|usage|load|hot|throttl*|l
    imit|steal|burning|utilization|utilisation|redline*|starv*, load average, load avg, loadavg, high load, overload*,
    throttl*, cfs, cores & busy|pegged|maxed|100|pinned, traffic & spike*|surge|peak|double*|triple*|x|flood*|10x|3x, black
    friday, cant|cannot keep up, not keeping up, hot loop, compute bound, cpu bound, runaway process, busy loop, цпу &
    100|99|98|95|90|высок*|загруз*|полк*|нагруз*, cpu & полк*|загруз*|высок*|потолок|упер*|нагруз*|полн*|съед*|жрет|забит*,
    проц* & полк*|загруз*|100|99|98|97|95|90|высок*|упер*|нагруз*|забит*|жрет|потолок|грузит*|не, нагрузк* &
    высок*|вырос*|рост*|скачок|пик*|большая|не|удвоил*|процессор*|сервер*|la|трафик*, перегруж*, load & N, la & N, наплыв,
    троттл*, не хватает cpu|цпу|процессор*|ядер|мощност*, захлеб*, ядр* & 100|заняты|загруж*, не справля*, not enough
    cpu|cores|capacity, more replicas|cpu|capacity|power, scale up|out, under heavy load, run queue, capacity`,
  slow: `
    slow, slower, slowly, slowness, sluggish, latency, latencies, lag* response, response time*, p99, p95, p50, crawl*,
    тормоз*, медлен*, латенс*, задержк* _ ответ*, долго, еле, висит, подвис*, тупит, лагает, лагают, time out, timeout*,
    timing out, timed out, таймаут*, deadline exceeded, context deadline, takes N, отвечает & N|сек*|долго|медлен*,
    unresponsive`,

  // A certificate that is over.
  cert_expired: `
    valid until, secure connection failed, cert* & until|passed|over|yesterday|tonight, expiration, not after, untrusted, validity, ssl & пропал*|слетел*, слетел _ сертификат*,
    cert* & expir*|expiry|renew*|days|outdated|valid|notafter|invalid|ends|lapse*|rotat*|tomorrow|runs|stale|overdue, ssl &
    expir*|renew*|days|valid|invalid|ends|warning*|error*, tls & expir*|renew*|valid|days|certificate|cert|alert|handshake,
    x509, cert has expired, certificate verify failed, err cert*, net err cert*, not yet valid, certificate is not trusted,
    pkix, not secure, your connection is not private, sec error expired*, ssl error expired*, certificateexpired*, certificate
    expired, certbot, letsencrypt, lets encrypt, acme, renewal, cert manager, сертификат* & истек*|протух*|просроч*|кончил*|за
    конч*|заканч*|истека*|обнов*|продл*|перевыпуст*|дней|дня|день|невалид*|недействит*|срок|завтра|сегодня|стух*|сдох*, серт*
    & истек*|протух*|просроч*|кончил*|заканч*|истека*|обнов*|продл*|дней|дня|стух*|невалид*|сдох*|срок, ssl &
    истек*|протух*|просроч*|дней|дня|ошибк*|срок|сертификат*, tls & истек*|протух*|просроч*|ошибк*|сертификат*, подключение не
    защищено, соединение не защищено, небезопасн* соединен*, сертификат недействителен, notafter, handshake fail*, handshake &
    expir*|cert*|bad, bad certificate`,

  // A machine that is gone.
  host_gone: `
    wont boot, does not|doesnt boot, не загружается, no longer exists, pulled the plug, machine|server|host|box & burned|melted|flooded|stolen|unplugged,
    провайдер|хостинг|хостер & потер*|умер*|сгорел*|сломал*|отказ*, потеряна, утерян*, не включается, диск* & умер*|сдох*|посыпал*, пожар*, затопил*,
    no route to host, ehostunreach, host unreachable, host is unreachable, network is unreachable, destination _ unreachable,
    unreachable, not ping*, does not|doesnt|wont|cant|cannot ping|ssh, ping* & fail*|loss|timeout|no|lost|nothing|dead, 100
    packet loss, packet loss, node not ready, nodenotready, not ready & node, kubelet stopped, node status unknown, node lost,
    host|server|machine|node|vm|instance|box|hypervisor|hardware|rack|ec2|droplet & down|dead|gone|died|lost|dies|terminat*|di
    sappear*|vanish*|unreachable|offline|failed|failure|fail|burnt|fire|destroyed|retired|evacuat*|missing|preempt*|kaput|cras
    hed, lost _ host|server|machine|node|vm|instance|box, hardware fail*, kernel panic, power _ fail*|loss|outage|supply, ssh
    & timeout|timed|fails|dead|no|refused|hangs|unreachable|nothing|not|cant|cannot, instance terminat*, spot _
    reclaim*|interruption, status check* fail*, instance status check, motherboard, raid & fail*|dead|controller, dead disk,
    disk failure, availability zone, datacenter, data center, idrac, ipmi, ilo, хост* &
    недоступ*|упал|умер*|мертв*|пропал*|не|сгорел*|потер*|лежит|сдох*|отвалил*|нет|исчез*, сервер* &
    умер*|мертв*|пропал*|сгорел*|сдох*|пинг*|физическ*|исчез*|недоступ*|ssh|выключ*|потер*|целиком|железо, машин* &
    умер*|мертв*|пропал*|сгорел*|сдох*|недоступ*|упал*|лежит|не|исчез*|потер*|отвалил*, нода|ноды|ноду &
    умер*|мертв*|пропал*|сдох*|недоступ*|упал*|лежит|не|отвалил*|исчез*|потер*|notready, виртуалк* &
    умер*|мертв*|пропал*|сдох*|недоступ*|упал*|лежит|не|исчез*|удал*|отвалил*|потер*, не пингует*, пинг* & нет|не|потери, ssh
    & не|таймаут|недоступ*|отвалил*, железо & умер*|сгорел*|сдох*|отказ*|полетел*, гипервизор* & упал|умер*|сдох*, дата
    центр*, датацентр*, цод*, сгорел*, блок питан*, материнск*, host _ down, instance down, node down, target down`,

  // Connections.
  conn_exhausted: `
    limit of N sessions|connections, sessions & limit|full|refused|taken|exhaust*|all, logins _ refused, new logins, сесси* & висят|зависш*|занят*|много|лимит*|исчерп*, too many sessions,
    slots & taken|full|exhaust*|gone|left,
    too many clients, too many connections, remaining connection slots, connection slots, slots are reserved, superuser
    connections, max_connections, max connections, connection limit, connections &
    exhaust*|full|used|limit|taken|max|maxed|out|left|many|leak*|ran|idle|all|saturat*|100|99|98|97|95|budget|available|cap,
    out of connections, no _ connections, pool & exhaust*|full|timeout|empty|starv*|drain*|wait*, connection pool, queuepool
    limit, hikaripool, hikari, idle in transaction, idle transaction*, idle _ sessions, 53300, timeout exceeded when trying to
    connect, remaining slots, timed out fetching, unable to acquire, could not acquire|obtain|get _ connection, connection is
    not available, unable to check out connection, no more connections, cl_waiting, connection leak*, leak* connection*,
    backends, коннект* & кончил*|законч*|исчерп*|забит*|нет|лимит*|все|занят*|слишком|свободн*|утек*|течет|текут|переполн*|пре
    дел*|выел*|сожр*|съел*|висят, соединен* &
    кончил*|законч*|исчерп*|забит*|нет|лимит*|все|занят*|слишком|свободн*|утек*|предел*|переполн*|висят|хватает|пул,
    подключен* & кончил*|законч*|исчерп*|забит*|нет|лимит*|все|занят*|слишком|свободн*|предел*|висят|хватает|максимал*, пул* &
    кончил*|исчерп*|забит*|переполн*|соединен*|коннект*|пуст*, слот* & кончил*|исчерп*|нет|занят*|подключен*|соединен*, много
    подключений|коннектов|соединений|клиентов, слишком много клиентов, уже слишком много, зависш* транзакци*, висящ*
    транзакци*, незакрыт* транзакци*, idle сесси*`,

  // A replica that is behind.
  replica_lag: `
    way|far|hours|minutes|days|seconds|well behind, reader* & behind|late|stale|old|lag*, data _ hours|minutes|days old, old|outdated|yesterdays data|numbers|rows,
    catch* up, читающ* & старые|отста*|давност*|лаг*, давности, rows appear* late,
    replication lag*, replica* &
    lag*|behind|stale|delay*|old|late|late|catch*|drift*|paused|slow|outdated|minutes|hours|seconds|sync, standby &
    lag*|behind|stale|delay*|catch*|minutes|seconds|conflict, follower* & lag*|behind|stale|delay*, slave &
    lag*|behind|delay*, secondary & lag*|behind|delay*, lag* behind, behind primary|master|leader, replay lag*, replay &
    paused|lag*|behind|stuck|delay*|stopped, wal replay, write lag, flush lag, seconds_behind_master, seconds behind,
    pg_last_xact_replay*, xact replay timestamp, conflict with recovery, canceling statement due to conflict, stale reads,
    stale data, reads _ stale|old|outdated, replication delay*, replication &
    slow|stuck|broken|stopped|behind|delay*|paused|slot*, walreceiver, wal receiver, apply lag, read your writes, wal replay
    pause, read replica*, pg_wal_replay*, реплик* &
    отста*|лаг*|задерж*|старые|устарев*|догоня*|тормоз*|не|минут*|секунд*|час*|пауз*|застр*|встал*, репликаци* &
    отста*|лаг*|задерж*|сломал*|встал*|стоит|не|слот*|пауз*|застр*, слейв* & отста*|лаг*|задерж*|минут*|не, отставани*
    реплик*, отстает, отстают, отстала, отставание, лаг репликации, лаг* & реплик*|мастер*, читаем старые, старые данные,
    устаревш* данн*, протухш* данн*`,

  // Data that is gone or wrong.
  data_lost: `
    drop schema, removed _ rows|accounts|records|subscriptions|users, deleted by mistake, by mistake, how do we get it back, get _ back, undo _ delete, исчезл* & колонк*|таблиц*|данн*|строк*,
    поднять из _ бэкапа|бекапа, откатить данные, nightly backup, need _ backup,
    dropp* & table*|database|schema|column*|prod*|accidental*, drop table, drop database, delete from, delete* &
    row*|table*|customer*|order*|user*|prod*|accidental*|data|record*|where|everything, without where, no where, missing
    where, truncat* & table*|orders|users|prod*|accidental*|all, accidental*, data loss, lost data, data _
    gone|lost|missing|corrupt*|wiped|vanish*|destroyed|disappear*, table* &
    gone|missing|empty|dropped|lost|wiped|disappear*|vanish*|exist, row* &
    gone|missing|vanish*|disappear*|deleted|lost|wiped|zero, relation _ does not exist, does not exist, doesnt exist, database
    _ does not exist, wiped, wipe, wrong database, wrong environment, overwr*, records _ missing|gone|disappear*, ransom*,
    restore _ backup|dump|snapshot|pitr|data|database|from|table*, restore from, recover* data, point in time, pitr, bad
    migration, migration & dropped|deleted|destroyed|wiped|truncat*, fat finger*, undrop, unrecoverable, bring _
    data|rows|tables back, удалил* & таблиц*|баз*|данн*|строк*|прод*|случайн*|заказ*|клиент*|запис*|пользоват*, дропнул*,
    дроп*, снес* & таблиц*|баз*|данн*|прод*|схем*, снесл*, снес*, затер*, стерл*, стер, потер* & таблиц*|данн*|баз*|прод*,
    транкейт*, без where, таблиц* & пропал*|исчез*|нет|пуст*|удал*|отсутств*|битая|побит*|существует, данн* &
    пропал*|исчез*|потер*|битые|испорч*|поврежд*|удал*|побит*|утрач*|вернут*, запис* & пропал*|исчез*|удал*, восстанов* &
    бэкап*|бекап*|данн*|баз*|резерв*|копи*|таблиц*|дамп*, потеря данных, пропали
    заказы|данные|записи|таблицы|строки|пользователи, отношение _ не существует, не существует, случайно`,
  corrupt: `
    corrupt*, invalid page, could not read block, checksum* & fail*|mismatch|error*|page|verif*, page verification failed, bad
    block*, invalid memory alloc, missing chunk, toast, heap tuple, xid wrap*, битые, битый, побит*, побил*, испорч*,
    поврежд*, контрольн* сумм*, bad file format, bad checksum, wrong signature, short read, truncated, unexpected end of file,
    error loading, redis check aof, redis check rdb, could not open file, cache lookup failed, garbage, zeroed page, zero*
    pages`,

  // Something that does not answer.
  refused: `
    connection refused, econnrefused, refused connection*, connect refused, could not connect, cannot connect, cant connect,
    unable to connect, failed to connect, connection error*, отказ* _ соединен*|подключен*, соединен* отклонен*, не
    подключает*, не могу подключит*, не может подключит*, не удается подключит*, не коннектит*, connection reset, econnreset,
    closed the connection, connection closed, broken pipe, is the server running, in connection, отвалил*, no connection could
    be made, connection terminated, socket closed`,
  is_down: `
    wont come back, не поднялся, не встает, отказал*, aborted, core dumped, exited unexpectedly, terminated,
    is down, went down, are down, went away, has gone away, gone away, not running, isnt running, not responding, doesnt
    respond, does not respond, no response, stopped, dead, died, crashed, shut down, shutting down, unavailable, outage,
    offline, hung, hangs, hanging, frozen, stuck, down, exited, starting up, not accepting, failed to start, wont start,
    doesnt start, refuses to start, fails to start, inactive, failed state, not up, bring _ back up, убит, killed, segfault*,
    health check* fail*, упал, упала, упало, лежит, лег, легла, легло, умер, умерла, не отвечает, не работает, не стартует, не
    поднимается, не запускается, не запущен*, остановил*, завис, зависла, недоступ*, сдох, сдохла, выключил*, не поднялся, не
    поднялась, не доступ*, помер*, висит, погас*, положил*, ложится, завершает работу`,
  pg_starting: `
    database system is, starting up, shutting down, in recovery mode, not yet accepting, consistent recovery state,
    postmaster*, pg_ctl, lock file postmaster, systemctl _ postgres*, terminating connection due to administrator,
    administrator command, server closed the connection, connection to server at, could not connect to server, crash shutdown,
    terminating any other active server, система баз данных, система бд, база данных _
    запускается|останавливается|восстанавливается, 57p03, 57p01, crash of another server process`,
  cache_down: `
    cache & down|fallback|unavailable|miss*|cold|dead|gone|error*|lost|empty|offline|refus*|упал*, cache fallback, кеш* &
    упал*|лежит|недоступ*|не|умер*|пропал*|отвалил*|мертв*|пуст*, кэш* &
    упал*|лежит|недоступ*|не|умер*|пропал*|отвалил*|мертв*|пуст*, session* _ lost|logged, logged out, разлогин*, loading
    redis, loading the dataset, clusterdown, masterdown, noreplicas, bad file format, error loading, append only file`,
};
