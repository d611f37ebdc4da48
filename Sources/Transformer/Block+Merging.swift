internal import Kernels
internal import Tensors

extension Block {
    /// The block with tokens merged: `x` keeps all of its tokens, and what the parts add is computed on merged tokens and
    /// given to each token of a group alike.
    ///
    /// A merged token is the mean of its group and has the position of the group's leader.
    func merging(
        _ x: inout Tensor, at time: TimeConditions, over memory: BlockMemory, rope: RotaryTable,
        by matcher: TokenMatcher, meeting keys: AttendedKeys = .all
    ) throws {
        let (first, last) = modulation(time.projection)
        let tokens = norm1(x, by: first)
        let groups = matcher.match(tokens, on: workers)
        let ropeOfGroups = rope.gathered(rows: groups.leaders, on: workers)
        var keys = keys
        if keys.pool == nil {
            keys.bias = groups.logSizes
        } else {
            keys.source = (tokens, rope)
        }
        func add(_ tokens: Tensor, _ part: (Tensor, inout Tensor) throws -> Void) throws {
            var sum = Tensor(shape: [groups.count, x.width])
            try part(tokens.averaged(over: groups, on: workers), &sum)
            x.add(sum, toRowsOf: groups, on: workers)
        }
        try add(tokens) {
            try selfAttention($0, rope: ropeOfGroups, meeting: keys, addedTo: &$1, gatedBy: first.gate)
        }
        if X.form == "attn" {
            try crossAttention(norm2(x), over: memory, addedTo: &x)
            try feedForward(norm3(x, by: last), addedTo: &x, gatedBy: last.gate)
            return
        }
        try add(norm2(x)) { try crossAttention($0, over: memory, addedTo: &$1) }
        try add(norm3(x, by: last)) { try feedForward($0, addedTo: &$1, gatedBy: last.gate) }
    }
}

extension Block {
    /// The block with what it leaves out.
    func callAsFunction(
        _ x: inout Tensor, at time: TimeConditions, over memory: BlockMemory, rope: RotaryTable,
        leavingOut compression: BlockCompression
    ) throws {
        if let matcher = compression.matcher {
            try merging(&x, at: time, over: memory, rope: rope, by: matcher, meeting: compression.keys)
        } else {
            try self(&x, at: time, over: memory, rope: rope, meeting: compression.keys)
        }
    }
}
